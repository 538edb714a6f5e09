#include "kernel_lookup.h"

#include "check.h"

namespace {

using executorch::runtime::EValue;
using executorch::runtime::Kernel;
using executorch::runtime::KernelKey;
using executorch::runtime::KernelRuntimeContext;
using executorch::runtime::Span;
using executorch::runtime::TensorMeta;
using executorch::runtime::etensor::ScalarType;
using executorch::runtime::internal::find_kernel;

int calls = 0;
void first(KernelRuntimeContext&, Span<EValue*>) { calls += 1; }
void second(KernelRuntimeContext&, Span<EValue*>) { calls += 10; }

const Kernel kKernels[] = {
    Kernel("aten::add.out", first),
    Kernel("aten::add", second),
    Kernel("aten::mul.out", KernelKey("v1/6;0,1|29;0,10"), second),
    Kernel("aten::mul.out", first),
    Kernel("aten::sub.out", KernelKey("v1/6;0"), second),
};

TEST(operator_and_overload_need_not_be_joined) {
  CHECK(find_kernel({"aten::add", "out"}, {}, kKernels).function == first);
  CHECK(find_kernel({"aten::add.out", nullptr}, {}, kKernels).function == first);
  CHECK(find_kernel({"aten::add", ""}, {}, kKernels).function == second);
  CHECK(find_kernel({"aten::add", nullptr}, {}, kKernels).function == second);
  CHECK(find_kernel({"aten::add", "ou"}, {}, kKernels).function == nullptr);
  CHECK(find_kernel({"aten::add", "out2"}, {}, kKernels).function == nullptr);
  CHECK(find_kernel({"aten::ad", "d.out"}, {}, kKernels).function == nullptr);
  CHECK(find_kernel({"", ""}, {}, kKernels).function == nullptr);
}

TEST(a_specialised_kernel_serves_its_tensors_only) {
  uint8_t dims[] = {0, 1, 10, 0};
  TensorMeta metas[] = {TensorMeta(ScalarType::Float, Span<uint8_t>(dims, size_t{2})),
                        TensorMeta(static_cast<ScalarType>(29), Span<uint8_t>(dims, size_t{2}))};
  CHECK(find_kernel({"aten::mul", "out"}, {metas, 2}, kKernels).function == first);
  uint8_t ten[] = {0, 10};
  metas[1] = TensorMeta(static_cast<ScalarType>(29), Span<uint8_t>(ten, size_t{2}));
  CHECK(find_kernel({"aten::mul", "out"}, {metas, 2}, kKernels).function == second);
  CHECK(find_kernel({"aten::mul", "out"}, {metas, 1}, kKernels).function == first);
  metas[0].dtype_ = ScalarType::Double;
  CHECK(find_kernel({"aten::mul", "out"}, {metas, 2}, kKernels).function == first);
}

TEST(a_match_says_whether_other_tensors_may_get_another_kernel) {
  CHECK(!find_kernel({"aten::add", "out"}, {}, kKernels).has_specialized);
  CHECK(find_kernel({"aten::mul", "out"}, {}, kKernels).has_specialized);
  CHECK(find_kernel({"aten::sub", "out"}, {}, kKernels).has_specialized);
  CHECK(find_kernel({"aten::sub", "out"}, {}, kKernels).function == nullptr);
}

TEST(keys_that_are_none_match_nothing) {
  const Kernel kernels[] = {Kernel("a", KernelKey(""), first),        Kernel("a", KernelKey("v1/"), first),
                            Kernel("a", KernelKey("v2/6;0"), first),  Kernel("a", KernelKey("v1/6"), first),
                            Kernel("a", KernelKey("v1/6;0,"), first), Kernel("a", KernelKey("v1/06;0"), first),
                            Kernel("a", KernelKey("v1/6;0|"), first), Kernel("a", KernelKey("v1/6;00"), first)};
  uint8_t dims[] = {0};
  const TensorMeta meta(ScalarType::Float, Span<uint8_t>(dims, size_t{1}));
  CHECK(find_kernel({"a", ""}, {&meta, 1}, kernels).function == nullptr);
  CHECK(find_kernel({"a", ""}, {}, kernels).function == nullptr);
}

}  // namespace

TEST_MAIN()
