// What tensors promise, and what the official library does where the headers are silent: it runs on both.

#include <executorch/runtime/core/exec_aten/util/tensor_util.h>

#include "abort_check.h"
#include "check.h"

namespace {

using etbuild::testing::aborts;
using executorch::runtime::ArrayRef;
using executorch::runtime::Error;
using executorch::runtime::TensorShapeDynamism;
using executorch::runtime::etensor::compute_numel;
using executorch::runtime::etensor::safe_numel;
using executorch::runtime::etensor::ScalarType;
using executorch::runtime::etensor::TensorImpl;
using executorch::runtime::internal::resize_tensor_impl;
using Size = TensorImpl::SizesType;

constexpr Size kLargest = 2147483647;

// A float tensor of two dimensions with memory for its first shape.
struct Matrix {
  Size sizes[2];
  uint8_t dim_order[2] = {0, 1};
  TensorImpl::StridesType strides[2];
  TensorImpl impl;

  Matrix(Size rows, Size columns, TensorShapeDynamism dynamism)
      : sizes{rows, columns},
        strides{columns, 1},
        impl(ScalarType::Float, 2, sizes, nullptr, dim_order, strides, dynamism) {}

  Error resize(Size rows, Size columns) {
    const Size wanted[] = {rows, columns};
    return resize_tensor_impl(&impl, {wanted, 2});
  }

  bool is(Size rows, Size columns, TensorImpl::StridesType outer, TensorImpl::StridesType inner) const {
    return sizes[0] == rows && sizes[1] == columns && strides[0] == outer && strides[1] == inner &&
           impl.numel() == ssize_t{rows} * columns &&
           impl.nbytes() == static_cast<size_t>(impl.numel()) * sizeof(float);
  }
};

TEST(a_tensor_knows_its_elements_and_bytes) {
  const Matrix matrix(2, 3, TensorShapeDynamism::STATIC);
  CHECK(matrix.impl.numel() == 6);
  CHECK(matrix.impl.nbytes() == 24);
  CHECK(matrix.impl.element_size() == 4);
  const TensorImpl scalar(ScalarType::Double, 0, nullptr);
  CHECK(scalar.numel() == 1);
  CHECK(scalar.nbytes() == 8);
}

TEST(element_sizes_are_those_of_the_c_types) {
  Size one[] = {1};
#define CHECK_SIZE(c_type, name) \
  CHECK(TensorImpl(ScalarType::name, 1, one).element_size() == static_cast<ssize_t>(sizeof(c_type)));
  ET_FORALL_SCALAR_TYPES(CHECK_SIZE)
#undef CHECK_SIZE
}

TEST(what_cannot_be_a_tensor_aborts) {
  Size negative[] = {2, -1};
  Size two[] = {2};
  CHECK(aborts([&] { TensorImpl impl(ScalarType::Float, 2, negative); }));
  CHECK(aborts([&] { TensorImpl impl(ScalarType::Float, -1, two); }));
  CHECK(aborts([&] { TensorImpl impl(ScalarType::Float, 1, nullptr); }));
  CHECK(aborts([&] { TensorImpl impl(ScalarType::Undefined, 1, two); }));
  CHECK(aborts([&] { TensorImpl impl(static_cast<ScalarType>(55), 1, two); }));
  CHECK(aborts([&] { TensorImpl impl(static_cast<ScalarType>(-1), 1, two); }));
  CHECK(aborts([&] { compute_numel(negative, 2); }));
  CHECK(aborts([&] { compute_numel(nullptr, 1); }));
}

TEST(numbers_of_elements_that_overflow_are_errors) {
  const Size sizes[] = {kLargest, kLargest, kLargest, 0};
  CHECK(*safe_numel(sizes, 0) == 1);
  CHECK(*safe_numel(nullptr, 0) == 1);
  CHECK(safe_numel(nullptr, 1).error() == Error::InvalidArgument);
  CHECK(safe_numel(sizes, 3).error() == Error::InvalidArgument);
  CHECK(safe_numel(sizes, 4).error() == Error::InvalidArgument);
  const Size empty[] = {0, kLargest, kLargest, kLargest};
  CHECK(*safe_numel(empty, 4) == 0);
  const Size negative[] = {0, -3};
  CHECK(safe_numel(negative, 2).error() == Error::InvalidArgument);
}

TEST(a_static_tensor_keeps_its_shape) {
  Matrix matrix(2, 3, TensorShapeDynamism::STATIC);
  CHECK(matrix.resize(2, 3) == Error::Ok);
  CHECK(matrix.resize(3, 2) == Error::NotSupported);
  CHECK(matrix.is(2, 3, 3, 1));
}

TEST(a_bounded_tensor_shrinks_and_grows_up_to_its_first_shape) {
  for (const TensorShapeDynamism dynamism :
       {TensorShapeDynamism::DYNAMIC_BOUND, TensorShapeDynamism::DYNAMIC_UNBOUND}) {
    Matrix matrix(2, 3, dynamism);
    CHECK(matrix.resize(1, 3) == Error::Ok);
    CHECK(matrix.is(1, 3, 3, 1));
    CHECK(matrix.resize(1, 6) == Error::Ok);
    CHECK(matrix.is(1, 6, 6, 1));
    CHECK(matrix.resize(7, 1) == Error::NotSupported);
    CHECK(matrix.resize(kLargest, kLargest) != Error::Ok);
    CHECK(matrix.is(1, 6, 6, 1));
    CHECK(matrix.resize(0, 5) == Error::Ok);
    CHECK(matrix.is(0, 5, 5, 1));
    CHECK(matrix.resize(0, 0) == Error::Ok);
    CHECK(matrix.is(0, 0, 1, 1));
    CHECK(matrix.resize(3, 2) == Error::Ok);
    CHECK(matrix.is(3, 2, 2, 1));
  }
}

TEST(negative_sizes_are_refused_even_if_their_product_is_not_negative) {
  Matrix matrix(2, 3, TensorShapeDynamism::DYNAMIC_BOUND);
  CHECK(matrix.resize(-1, 3) == Error::InvalidArgument);
  CHECK(matrix.resize(-2, -3) == Error::InvalidArgument);
  CHECK(matrix.resize(0, -1) == Error::InvalidArgument);
  CHECK(matrix.is(2, 3, 3, 1));
}

TEST(a_rank_never_changes) {
  Matrix matrix(2, 3, TensorShapeDynamism::DYNAMIC_BOUND);
  const Size sizes[] = {2, 3, 1};
  CHECK(resize_tensor_impl(&matrix.impl, {sizes, 1}) == Error::NotSupported);
  CHECK(resize_tensor_impl(&matrix.impl, {sizes, 3}) == Error::NotSupported);
  CHECK(resize_tensor_impl(&matrix.impl, ArrayRef<Size>()) == Error::NotSupported);
  TensorImpl scalar(ScalarType::Float, 0, nullptr);
  CHECK(resize_tensor_impl(&scalar, ArrayRef<Size>()) == Error::Ok);
  CHECK(resize_tensor_impl(&scalar, {sizes, 1}) == Error::NotSupported);
}

TEST(strides_follow_the_dim_order) {
  Size sizes[] = {2, 3, 4, 5};
  uint8_t channels_last[] = {0, 2, 3, 1};
  TensorImpl::StridesType strides[] = {60, 1, 15, 3};
  TensorImpl impl(ScalarType::Float, 4, sizes, nullptr, channels_last, strides, TensorShapeDynamism::DYNAMIC_BOUND);
  const Size smaller[] = {1, 3, 2, 2};
  CHECK(resize_tensor_impl(&impl, {smaller, 4}) == Error::Ok);
  CHECK(strides[0] == 12 && strides[1] == 1 && strides[2] == 6 && strides[3] == 3);
  const Size empty[] = {1, 0, 2, 2};
  CHECK(resize_tensor_impl(&impl, {empty, 4}) == Error::Ok);
  CHECK(strides[0] == 4 && strides[1] == 1 && strides[2] == 2 && strides[3] == 1);
}

TEST(a_dim_order_that_is_none_is_refused) {
  Matrix matrix(2, 3, TensorShapeDynamism::DYNAMIC_BOUND);
  matrix.dim_order[1] = 0;
  CHECK(matrix.resize(1, 3) == Error::InvalidArgument);
  matrix.dim_order[1] = 2;
  CHECK(matrix.resize(1, 3) == Error::InvalidArgument);
  CHECK(matrix.is(2, 3, 3, 1));
}

TEST(a_tensor_without_strides_or_dim_order_can_be_resized) {
  Size sizes[] = {2, 3};
  const Size smaller[] = {1, 3};
  TensorImpl impl(ScalarType::Float, 2, sizes, nullptr, nullptr, nullptr, TensorShapeDynamism::DYNAMIC_BOUND);
  CHECK(resize_tensor_impl(&impl, {smaller, 2}) == Error::Ok);
  CHECK(impl.numel() == 3);
}

#ifndef OFFICIAL_RUNTIME
// The official library computes a number that has wrapped around.
TEST(a_tensor_whose_number_of_elements_overflows_aborts) {
  Size sizes[] = {kLargest, kLargest, kLargest};
  CHECK(aborts([&] { TensorImpl impl(ScalarType::Byte, 3, sizes); }));
}
#endif

}  // namespace

TEST_MAIN()
