// Dim orders and data pointers of tensors; it runs on the official library, too.

#include <executorch/runtime/core/exec_aten/util/tensor_util.h>

#include <initializer_list>

#include "check.h"

namespace {

using executorch::runtime::ArrayRef;
using executorch::runtime::Error;
using executorch::runtime::etensor::ScalarType;
using executorch::runtime::etensor::Tensor;
using executorch::runtime::etensor::TensorImpl;
namespace internal = executorch::runtime::internal;

// A tensor with this dim order and sizes of 2.
struct Ordered {
  TensorImpl::SizesType sizes[20];
  uint8_t order[20];
  TensorImpl impl;
  Tensor tensor;

  Ordered(std::initializer_list<int> wanted)
      : impl(ScalarType::Float, fill(wanted), sizes, nullptr, order), tensor(&impl) {}

 private:
  ssize_t fill(std::initializer_list<int> wanted) {
    ssize_t count = 0;
    for (const int dim : wanted) {
      sizes[count] = 2;
      order[count++] = static_cast<uint8_t>(dim);
    }
    return count;
  }
};

struct Case {
  std::initializer_list<int> order;
  bool is_valid;
  bool is_default;
  bool is_channels_last;
};

TEST(dim_orders_are_told_apart) {
  const Case cases[] = {
      {{}, true, true, false},
      {{0}, true, true, false},
      {{1}, false, false, false},
      {{0, 1}, true, true, false},
      {{1, 0}, true, false, false},
      {{0, 0}, false, false, false},
      {{0, 2, 1}, true, false, false},
      {{0, 1, 2, 3}, true, true, false},
      {{0, 2, 3, 1}, true, false, true},
      {{0, 2, 3, 4, 1}, true, false, true},
      {{0, 3, 2, 1}, true, false, false},
      {{0, 2, 3, 4, 5, 1}, true, false, false},
      {{0, 1, 2, 4}, false, false, false},
      {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, true, true, false},
      {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}, false, true, false},
  };
  for (const Case& each : cases) {
    const Ordered ordered(each.order);
    CHECK(executorch::runtime::tensor_has_valid_dim_order(ordered.tensor) == each.is_valid);
    CHECK(executorch::runtime::tensor_is_default_dim_order(ordered.tensor) == each.is_default);
    CHECK(executorch::runtime::tensor_is_channels_last_dim_order(ordered.tensor) == each.is_channels_last);
    CHECK(executorch::runtime::tensor_is_default_or_channels_last_dim_order(ordered.tensor) ==
          (each.is_default || each.is_channels_last));
  }
}

TEST(a_dim_order_is_copied_into_as_many_places_as_it_has) {
  const Ordered ordered({1, 0});
  uint8_t order[] = {9, 9, 9};
  CHECK(executorch::runtime::get_dim_order(ordered.tensor, order, 1) == Error::InvalidArgument);
  CHECK(executorch::runtime::get_dim_order(ordered.tensor, order, 3) == Error::InvalidArgument);
  CHECK(order[0] == 9);
  CHECK(executorch::runtime::get_dim_order(ordered.tensor, order, 2) == Error::Ok);
  CHECK(order[0] == 1 && order[1] == 0 && order[2] == 9);
}

TEST(tensors_have_the_same_dim_order_if_all_are_default_or_all_channels_last) {
  using executorch::runtime::tensors_have_same_dim_order;
  const Ordered normal({0, 1, 2, 3});
  const Ordered channels_last({0, 2, 3, 1});
  const Ordered matrix({0, 1});
  const Ordered other({1, 0, 2, 3});
  CHECK(tensors_have_same_dim_order(normal.tensor, normal.tensor));
  CHECK(tensors_have_same_dim_order(channels_last.tensor, channels_last.tensor));
  CHECK(tensors_have_same_dim_order(normal.tensor, matrix.tensor));
  CHECK(!tensors_have_same_dim_order(normal.tensor, channels_last.tensor));
  CHECK(!tensors_have_same_dim_order(normal.tensor, channels_last.tensor, normal.tensor));
  CHECK(!tensors_have_same_dim_order(other.tensor, other.tensor));
  CHECK(tensors_have_same_dim_order(ArrayRef<Tensor>()));
  CHECK(tensors_have_same_dim_order(ArrayRef<Tensor>(&other.tensor, 1)));
}

// 2 x 3 floats, and tensors of other kinds.
struct Tensors {
  TensorImpl::SizesType sizes[2] = {2, 3};
  TensorImpl::SizesType six[1] = {6};
  TensorImpl::SizesType four[1] = {4};
  TensorImpl::SizesType none[1] = {0};
  float data[6] = {1, 2, 3, 4, 5, 6};
  float other[6] = {};
  TensorImpl full{ScalarType::Float, 2, sizes, data};
  TensorImpl target{ScalarType::Float, 2, sizes, other};
  TensorImpl bare{ScalarType::Float, 2, sizes};
  TensorImpl flat{ScalarType::Float, 1, six, data};
  TensorImpl small{ScalarType::Float, 1, four, data};
  TensorImpl ints{ScalarType::Int, 2, sizes, data};
  TensorImpl doubles{ScalarType::Double, 2, sizes, data};
  TensorImpl empty{ScalarType::Float, 1, none};
};

TEST(a_buffer_becomes_the_data_of_a_tensor_if_it_is_large_enough) {
  Tensors tensors;
  const Tensor tensor(&tensors.bare);
  CHECK(internal::set_tensor_data(tensor, tensors.data, 23) == Error::InvalidArgument);
  CHECK(tensor.const_data_ptr() == nullptr);
  CHECK(internal::set_tensor_data(tensor, tensors.data, 24) == Error::Ok);
  CHECK(tensor.const_data_ptr() == tensors.data);
  CHECK(internal::set_tensor_data(tensor, tensors.other, 100) == Error::Ok);
  CHECK(tensor.const_data_ptr() == tensors.other);
  internal::reset_data_ptr(tensor);
  CHECK(tensor.const_data_ptr() == nullptr);
}

TEST(tensors_share_data_of_equal_size) {
  Tensors tensors;
  const Tensor target(&tensors.bare);
  CHECK(internal::share_tensor_data(target, Tensor(&tensors.target)) == Error::Ok);
  CHECK(target.const_data_ptr() == tensors.other);
  CHECK(internal::share_tensor_data(target, Tensor(&tensors.flat)) == Error::Ok);
  CHECK(target.const_data_ptr() == tensors.data);
  CHECK(internal::share_tensor_data(target, Tensor(&tensors.ints)) == Error::Ok);
  CHECK(internal::share_tensor_data(target, Tensor(&tensors.small)) == Error::InvalidArgument);
  CHECK(internal::share_tensor_data(target, Tensor(&tensors.doubles)) == Error::InvalidArgument);
  TensorImpl bare(ScalarType::Float, 2, tensors.sizes);
  CHECK(internal::share_tensor_data(target, Tensor(&bare)) == Error::InvalidArgument);
}

TEST(tensors_are_copied_if_they_are_of_equal_size) {
  Tensors tensors;
  const Tensor target(&tensors.target);
  CHECK(internal::copy_tensor_data(target, Tensor(&tensors.full)) == Error::Ok);
  for (int i = 0; i < 6; ++i) CHECK(tensors.other[i] == tensors.data[i]);
  CHECK(internal::copy_tensor_data(target, Tensor(&tensors.flat)) == Error::Ok);
  CHECK(internal::copy_tensor_data(target, target) == Error::Ok);
  CHECK(internal::copy_tensor_data(target, Tensor(&tensors.small)) == Error::InvalidArgument);
  CHECK(internal::copy_tensor_data(Tensor(&tensors.bare), target) == Error::InvalidArgument);
  CHECK(internal::copy_tensor_data(Tensor(&tensors.empty), Tensor(&tensors.empty)) == Error::Ok);
}

TEST(a_source_without_data_leaves_the_target_as_it_is) {
  Tensors tensors;
  tensors.other[0] = 7;
  CHECK(internal::copy_tensor_data(Tensor(&tensors.target), Tensor(&tensors.bare)) == Error::Ok);
  CHECK(tensors.other[0] == 7);
}

}  // namespace

TEST_MAIN()
