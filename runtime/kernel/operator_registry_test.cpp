// The global registry and lists of kernels; it runs on the official library, too.

#include <executorch/runtime/kernel/kernel_runtime_context.h>
#include <executorch/runtime/kernel/operator_registry.h>

#include <cstring>

#include "abort_check.h"
#include "check.h"

namespace {

using etbuild::testing::aborts;
using executorch::runtime::Error;
using executorch::runtime::EValue;
using executorch::runtime::get_op_function_from_registry;
using executorch::runtime::get_registered_kernels;
using executorch::runtime::Kernel;
using executorch::runtime::KernelKey;
using executorch::runtime::KernelRuntimeContext;
using executorch::runtime::OpFunction;
using executorch::runtime::register_kernel;
using executorch::runtime::register_kernels;
using executorch::runtime::registry_has_op_function;
using executorch::runtime::Span;
using executorch::runtime::TensorMeta;
using executorch::runtime::etensor::ScalarType;
using executorch::runtime::internal::make_kernel_key_string;

// Two kernels that differ.
int calls = 0;
void first(KernelRuntimeContext&, Span<EValue*>) { calls += 1; }
void second(KernelRuntimeContext&, Span<EValue*>) { calls += 10; }
void third(KernelRuntimeContext&, Span<EValue*>) { calls += 100; }

uint8_t dims[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

TensorMeta floats(size_t rank) { return TensorMeta(ScalarType::Float, Span<uint8_t>(dims, rank)); }

TEST(registered_kernels_are_found_by_name_and_tensors) {
  const size_t before = get_registered_kernels().size();
  const Kernel kernels[] = {Kernel("test::any.out", first), Kernel("test::special.out", KernelKey("v1/6;0,1"), second)};
  CHECK(register_kernels({kernels, 2}) == Error::Ok);
  CHECK(get_registered_kernels().size() == before + 2);

  const TensorMeta matrix = floats(2);
  const TensorMeta cube = floats(3);
  CHECK(*get_op_function_from_registry("test::any.out") == first);
  CHECK(*get_op_function_from_registry("test::any.out", {&matrix, 1}) == first);
  CHECK(*get_op_function_from_registry("test::special.out", {&matrix, 1}) == second);
  CHECK(get_op_function_from_registry("test::special.out", {&cube, 1}).error() == Error::OperatorMissing);
  CHECK(get_op_function_from_registry("test::special.out").error() == Error::OperatorMissing);
  CHECK(get_op_function_from_registry("test::an").error() == Error::OperatorMissing);
  CHECK(registry_has_op_function("test::any.out"));
  CHECK(!registry_has_op_function("test::any"));
}

TEST(another_kernel_for_what_is_there_already_aborts) {
  const KernelKey key("v1/6;0");
  CHECK(register_kernel(Kernel("test::once.out", first)) == Error::Ok);
  CHECK(register_kernel(Kernel("test::once.out", key, second)) == Error::Ok);
  CHECK(aborts([] { static_cast<void>(register_kernel(Kernel("test::once.out", third))); }));
  CHECK(aborts([&] { static_cast<void>(register_kernel(Kernel("test::once.out", key, first))); }));
  CHECK(register_kernels({}) == Error::Ok);
}

#ifndef OFFICIAL_RUNTIME
TEST(the_same_kernel_is_registered_once) {
  CHECK(register_kernel(Kernel("test::same.out", first)) == Error::Ok);
  const size_t before = get_registered_kernels().size();
  CHECK(register_kernel(Kernel("test::same.out", first)) == Error::Ok);
  CHECK(get_registered_kernels().size() == before);
}
#endif

TEST(a_list_is_searched_instead_of_the_registry) {
  const Kernel kernels[] = {Kernel("p", first), Kernel("p", KernelKey("v1/6;0,1"), second), Kernel("p", third),
                            Kernel("q", first)};
  const TensorMeta matrix = floats(2);
  const TensorMeta cube = floats(3);
  CHECK(*get_op_function_from_registry("p", {&matrix, 1}, {kernels, 4}) == second);
  CHECK(*get_op_function_from_registry("p", {&cube, 1}, {kernels, 4}) == third);
  CHECK(*get_op_function_from_registry("p", {}, {kernels, 4}) == third);
  CHECK(*get_op_function_from_registry("q", {}, {kernels, 4}) == first);
  CHECK(get_op_function_from_registry("p", {}, {kernels + 1, 1}).error() == Error::OperatorMissing);
  CHECK(get_op_function_from_registry("p", {}, Span<const Kernel>()).error() == Error::OperatorMissing);
}

TEST(keys_are_texts_of_types_and_dim_orders) {
  char key[executorch::runtime::internal::kKernelKeyBufSize];
  const TensorMeta metas[] = {TensorMeta(ScalarType::Double, Span<uint8_t>(dims, size_t{4})), floats(0), floats(1)};
  CHECK(make_kernel_key_string({metas, 3}, key, sizeof(key)) == Error::Ok);
  CHECK(std::strcmp(key, "v1/7;0,1,2,3|6;|6;0") == 0);
  CHECK(make_kernel_key_string({}, key, sizeof(key)) == Error::Ok);
  CHECK(key[0] == '\0');

  const TensorMeta matrix = floats(2);
  CHECK(make_kernel_key_string({&matrix, 1}, key, 8) == Error::InvalidArgument);
  CHECK(make_kernel_key_string({&matrix, 1}, key, 0) == Error::InvalidArgument);
  CHECK(make_kernel_key_string({&matrix, 1}, key, 9) == Error::Ok);
  CHECK(std::strcmp(key, "v1/6;0,1") == 0);
}

TEST(the_longest_key_fits) {
  TensorMeta metas[17];
  for (TensorMeta& meta : metas) meta = TensorMeta(static_cast<ScalarType>(29), Span<uint8_t>(dims, size_t{16}));
  char key[executorch::runtime::internal::kKernelKeyBufSize];
  CHECK(make_kernel_key_string({metas, 16}, key, sizeof(key)) == Error::Ok);
  CHECK(std::strlen(key) == sizeof(key) - 1);
  CHECK(make_kernel_key_string({metas, 17}, key, sizeof(key)) == Error::InvalidArgument);
}

TEST(types_and_dimensions_of_keys_have_up_to_two_digits) {
  uint8_t far[] = {200, 99};
  char key[32];
  const TensorMeta too_far(ScalarType::Float, Span<uint8_t>(far, size_t{2}));
  CHECK(make_kernel_key_string({&too_far, 1}, key, sizeof(key)) == Error::InvalidArgument);
  const TensorMeta just_so(static_cast<ScalarType>(99), Span<uint8_t>(far + 1, size_t{1}));
  CHECK(make_kernel_key_string({&just_so, 1}, key, sizeof(key)) == Error::Ok);
  CHECK(std::strcmp(key, "v1/99;99") == 0);
  const TensorMeta negative(static_cast<ScalarType>(-1), Span<uint8_t>(dims, size_t{1}));
  CHECK(make_kernel_key_string({&negative, 1}, key, sizeof(key)) == Error::InvalidArgument);
}

TEST(the_registry_has_a_capacity) {
  // The ends of one text are as many names.
  static char names[2100];
  std::memset(names, 'n', sizeof(names) - 1);
  const bool aborted = aborts([] {
    for (const char& name : names) static_cast<void>(register_kernel(Kernel(&name, first)));
  });
  CHECK(aborted);
  CHECK(registry_has_op_function(names) == etbuild::testing::kKnowsAborts);
}

#ifndef OFFICIAL_RUNTIME
TEST(kernels_without_a_name_or_a_function_are_skipped) {
  const Kernel kernels[] = {Kernel(), Kernel("nothing", static_cast<OpFunction>(nullptr)), Kernel("r", first)};
  CHECK(*get_op_function_from_registry("r", {}, {kernels, 3}) == first);
  CHECK(get_op_function_from_registry("nothing", {}, {kernels, 3}).error() == Error::OperatorMissing);
  CHECK(aborts([&] { static_cast<void>(register_kernel(kernels[0])); }));
}
#endif

}  // namespace

TEST_MAIN()
