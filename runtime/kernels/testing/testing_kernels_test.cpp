// Each kernel on numbers that are known, and on what it must refuse.
#include "runtime/kernels/testing/testing_kernels.h"

#include <executorch/runtime/kernel/kernel_includes.h>

#include <cstring>
#include <initializer_list>

#include "runtime/testing/check.h"

namespace {

using executorch::aten::ScalarType;
using executorch::aten::Tensor;
using executorch::aten::TensorImpl;
using executorch::runtime::Error;
using executorch::runtime::EValue;
using executorch::runtime::KernelRuntimeContext;

// A dense tensor of floats with room of its own.
struct Matrix {
  float data[64] = {};
  int32_t sizes[4] = {};
  int32_t strides[4] = {};
  uint8_t order[4] = {0, 1, 2, 3};
  TensorImpl impl;

  Matrix(std::initializer_list<int32_t> shape, std::initializer_list<float> values = {},
         ScalarType type = ScalarType::Float)
      : impl(type, fill(shape, values), sizes, data, order, strides) {}

  ssize_t fill(std::initializer_list<int32_t> shape, std::initializer_list<float> values) {
    std::memcpy(sizes, shape.begin(), shape.size() * sizeof(int32_t));
    std::memcpy(data, values.begin(), values.size() * sizeof(float));
    int32_t stride = 1;
    for (size_t at = shape.size(); at-- > 0;) {
      strides[at] = stride;
      stride *= sizes[at];
    }
    return static_cast<ssize_t>(shape.size());
  }
};

bool equal(const Matrix& is, std::initializer_list<float> must_be) {
  return std::memcmp(is.data, must_be.begin(), must_be.size() * sizeof(float)) == 0;
}

Error call(const char* name, std::initializer_list<EValue> values) {
  EValue held[8];
  EValue* arguments[8] = {};
  size_t count = 0;
  for (const EValue& value : values) {
    held[count] = value;
    arguments[count] = &held[count];
    ++count;
  }
  for (const auto& kernel : etbuild::testing::testing_kernels()) {
    if (std::strcmp(kernel.name_, name) != 0) continue;
    KernelRuntimeContext context;
    kernel.op_(context, {arguments, count});
    return context.failure_state();
  }
  return Error::OperatorMissing;
}

EValue value_of(Matrix& matrix) { return EValue(Tensor(&matrix.impl)); }

}  // namespace

TEST(add_scales_its_second_argument) {
  Matrix left({3}, {1, 2, 3}), right({3}, {10, 20, 30}), out({3});
  CHECK(call("aten::add.out", {value_of(left), value_of(right), EValue(2.0), value_of(out)}) == Error::Ok);
  CHECK(equal(out, {21, 42, 63}));
}

TEST(mul_multiplies_elements) {
  Matrix left({2, 2}, {1, 2, 3, 4}), right({2, 2}, {5, 6, 7, 8}), out({2, 2});
  CHECK(call("aten::mul.out", {value_of(left), value_of(right), value_of(out)}) == Error::Ok);
  CHECK(equal(out, {5, 12, 21, 32}));
}

TEST(relu_keeps_what_is_positive) {
  Matrix in({4}, {-1, 0, 2, -3}), out({4});
  CHECK(call("aten::relu.out", {value_of(in), value_of(out)}) == Error::Ok);
  CHECK(equal(out, {0, 0, 2, 0}));
}

TEST(linear_takes_a_row_of_weights_for_each_column_and_a_bias_or_none) {
  Matrix input({2, 2}, {1, 2, 3, 4}), weight({3, 2}, {5, 6, 7, 8, 9, 10}), bias({3}, {1, 2, 3}), out({2, 3});
  CHECK(call("aten::linear.out", {value_of(input), value_of(weight), value_of(bias), value_of(out)}) == Error::Ok);
  CHECK(equal(out, {18, 25, 32, 40, 55, 70}));
  CHECK(call("aten::linear.out", {value_of(input), value_of(weight), EValue(), value_of(out)}) == Error::Ok);
  CHECK(equal(out, {17, 23, 29, 39, 53, 67}));
  CHECK(call("aten::linear.out", {value_of(input), value_of(weight), value_of(input), value_of(out)}) ==
        Error::InvalidArgument);
}

TEST(other_dtypes_and_sizes_are_refused) {
  Matrix in({4}), whole({4}, {}, ScalarType::Int), out({4}), other({2});
  CHECK(call("aten::relu.out", {value_of(whole), value_of(out)}) == Error::NotSupported);
  CHECK(call("aten::relu.out", {EValue(1.0), value_of(out)}) == Error::InvalidArgument);
  CHECK(call("aten::mul.out", {value_of(in), value_of(other), value_of(out)}) == Error::NotSupported);
  CHECK(call("aten::relu.out", {value_of(in), value_of(other)}) != Error::Ok);
}

TEST_MAIN()
