// Each prim operator of ours beside the official library's, in one program: the same arguments, the same results and
// errors. Left out is what the official library traps on or aborts at; prim_ops_test.cpp has that.

#include <executorch/runtime/core/exec_aten/util/tensor_util.h>
#include <executorch/runtime/kernel/kernel_runtime_context.h>
#include <executorch/runtime/kernel/operator_registry.h>

#include <cmath>
#include <cstdio>
#include <cstring>
#include <vector>

#include "check.h"
#include "prim_kernels.h"

namespace {

using executorch::runtime::Error;
using executorch::runtime::EValue;
using executorch::runtime::get_op_function_from_registry;
using executorch::runtime::get_registered_kernels;
using executorch::runtime::Kernel;
using executorch::runtime::KernelRuntimeContext;
using executorch::runtime::OpFunction;
using executorch::runtime::Span;
using executorch::runtime::Tag;
using executorch::runtime::etensor::ScalarType;
using executorch::runtime::etensor::Tensor;
using executorch::runtime::etensor::TensorImpl;

const EValue kScalars[] = {
    EValue(int64_t{7}),
    EValue(int64_t{-3}),
    EValue(int64_t{0}),
    EValue(int64_t{1}),
    EValue(int64_t{-1}),
    EValue(INT64_MAX),
    EValue(INT64_MIN),
    EValue(int64_t{1} << 53),
    EValue((int64_t{1} << 53) + 1),
    EValue(0.0),
    EValue(-0.0),
    EValue(2.5),
    EValue(-1.5),
    EValue(0.1),
    EValue(3.0),
    EValue(-7.0),
    EValue(0.5),
    EValue(-2.5),
    EValue(1e300),
    EValue(-1e300),
    EValue(5e-324),
    EValue(9007199254740992.0),
    EValue(9223372036854775808.0),
    EValue(__builtin_inf()),
    EValue(-__builtin_inf()),
    EValue(__builtin_nan("")),
    EValue(true),
    EValue(false),
    EValue(),
};

bool is_same(const EValue& a, const EValue& b) {
  if (a.tag != b.tag) return false;
  switch (a.tag) {
    case Tag::Int:
      return a.toInt() == b.toInt();
    case Tag::Double:
      return (std::isnan(a.toDouble()) && std::isnan(b.toDouble())) ||
             (a.toDouble() == b.toDouble() && std::signbit(a.toDouble()) == std::signbit(b.toDouble()));
    case Tag::Bool:
      return a.toBool() == b.toBool();
    default:
      return true;
  }
}

struct Outcome {
  Error error;
  EValue result;
};

Outcome call(OpFunction function, std::vector<EValue> arguments) {
  arguments.emplace_back();
  std::vector<EValue*> pointers;
  pointers.reserve(arguments.size());
  for (EValue& argument : arguments) pointers.push_back(&argument);
  KernelRuntimeContext context;
  function(context, Span<EValue*>(pointers.data(), pointers.size()));
  return {context.failure_state(), arguments.back()};
}

int compared = 0;

void compare(const Kernel& ours, const std::vector<EValue>& arguments) {
  const Outcome actual = call(ours.op_, arguments);
  const Outcome expected = call(*get_op_function_from_registry(ours.name_), arguments);
  const bool same = actual.error == expected.error && is_same(actual.result, expected.result);
  if (!same) {
    std::printf("%s:", ours.name_);
    for (const EValue& argument : arguments) {
      std::printf(" tag %d %lld %g", static_cast<int>(argument.tag),
                  static_cast<long long>(argument.payload.copyable_union.as_int),
                  argument.payload.copyable_union.as_double);
    }
    std::printf("\n");
  }
  CHECK(same);
  ++compared;
}

bool divides(const char* name) { return std::strstr(name, "div") != nullptr || std::strstr(name, "::mod") != nullptr; }

// What makes a process end there.
bool is_fatal(const char* name, const EValue& a, const EValue& b) {
  if (std::strstr(name, ".int") != nullptr && !(a.isInt() && b.isInt())) return true;
  if (!divides(name) || std::strstr(name, "truediv") != nullptr || !a.isInt() || !b.isInt()) return false;
  return b.toInt() == 0 || (a.toInt() == INT64_MIN && b.toInt() == -1);
}

// Of the scalar operators, by the number of their arguments.
size_t count_arguments(size_t index) {
  const char* arguments = executorch::runtime::internal::prim_signatures()[index].arguments;
  return std::strchr(arguments, 't') != nullptr ? 0 : std::strlen(arguments) - 1;
}

TEST(all_names_are_the_official_ones) {
  size_t found = 0;
  for (const Kernel& kernel : executorch::runtime::internal::prim_kernels()) {
    found += get_op_function_from_registry(kernel.name_).ok() ? 1 : 0;
  }
  CHECK(found == 28);
  CHECK(get_registered_kernels().size() >= 28);
}

TEST(scalars_give_what_they_give_there) {
  const auto kernels = executorch::runtime::internal::prim_kernels();
  for (size_t i = 0; i < kernels.size(); ++i) {
    const size_t count = count_arguments(i);
    for (const EValue& a : kScalars) {
      if (count == 1) compare(kernels[i], {a});
      for (const EValue& b : kScalars) {
        if (count == 2 && !is_fatal(kernels[i].name_, a, b)) compare(kernels[i], {a, b});
        if (count == 3) compare(kernels[i], {EValue(true), a, b});
        if (count == 3) compare(kernels[i], {EValue(false), a, b});
        if (count == 3) compare(kernels[i], {a, b, a});
      }
    }
  }
  CHECK(compared > 12000);
}

TEST(numbers_of_arguments_are_refused_as_there) {
  for (const Kernel& kernel : executorch::runtime::internal::prim_kernels()) {
    for (size_t count = 0; count < 6; ++count) {
      const std::vector<EValue> arguments(count, EValue(int64_t{3}));
      if (call(kernel.op_, arguments).error == Error::InvalidProgram) compare(kernel, arguments);
    }
  }
}

TEST(elements_become_the_scalars_that_they_become_there) {
  alignas(8) uint8_t data[8] = {1, 0x3f, 0x80, 0xbf, 7, 9, 0xf0, 0xbf};
  TensorImpl::SizesType one[] = {1};
  for (const Kernel& kernel : executorch::runtime::internal::prim_kernels()) {
    if (std::strcmp(kernel.name_, "aten::_local_scalar_dense") != 0) continue;
    for (int type = 0; type < 30; ++type) {
      TensorImpl impl(static_cast<ScalarType>(type), 1, one, data);
      compare(kernel, {EValue(Tensor(&impl))});
    }
  }
}

}  // namespace

TEST_MAIN()
