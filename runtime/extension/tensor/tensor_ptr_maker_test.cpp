// Tensors made from a shape, against what the official library does.
#include <executorch/extension/tensor/tensor.h>

#include <cmath>

#include "dies.h"

using executorch::aten::Scalar;
using executorch::aten::ScalarType;
using executorch::aten::TensorShapeDynamism;
using namespace executorch::extension;  // NOLINT(google-build-using-namespace): all of it is what is tested.

namespace {

template <typename T>
bool all_are(const TensorPtr& tensor, T value) {
  const T* data = tensor->const_data_ptr<T>();
  for (ssize_t index = 0; index < tensor->numel(); ++index) {
    if (data[index] != value) return false;
  }
  return true;
}

template <typename T>
bool all_within(const TensorPtr& tensor, T low, T high) {
  const T* data = tensor->const_data_ptr<T>();
  for (ssize_t index = 0; index < tensor->numel(); ++index) {
    if (data[index] < low || data[index] >= high) return false;
  }
  return true;
}

}  // namespace

TEST(an_empty_tensor_has_its_shape_and_type) {
  auto tensor = empty({2, 3}, ScalarType::Short, TensorShapeDynamism::STATIC);
  CHECK(tensor->nbytes() == 12 && tensor->shape_dynamism() == TensorShapeDynamism::STATIC);
  CHECK(empty_strided({2, 3}, {1, 2})->dim_order()[0] == 1);
  CHECK(empty_like(tensor)->scalar_type() == ScalarType::Short);
  CHECK(empty({0, 3})->numel() == 0);
  CHECK_DIES(empty({-2}));
  CHECK_DIES(empty({INT32_MAX, INT32_MAX, INT32_MAX}));
  CHECK_DIES(empty_strided({2, 3}, {7, 1}));
}

TEST(a_tensor_is_filled_with_a_number_of_its_type) {
  CHECK(all_are<float>(full({2}, 2.5), 2.5f) && all_are<double>(full({2}, -1, ScalarType::Double), -1));
  CHECK(all_are<int8_t>(full({2}, -1, ScalarType::Char), -1));
  CHECK(all_are<uint16_t>(full({2}, 300, ScalarType::UInt16), 300));
  CHECK(all_are<int64_t>(full({2}, INT64_MIN, ScalarType::Long), INT64_MIN));
  CHECK(all_are<bool>(full({2}, true, ScalarType::Bool), true) &&
        all_are<bool>(full({2}, 300, ScalarType::Bool), true));
  CHECK(all_are<uint16_t>(
      make_tensor_ptr({2}, full({2}, 2.5, ScalarType::Half)->mutable_data_ptr(), ScalarType::UInt16), 0x4100));
  CHECK(all_are<float>(full({2}, INFINITY), INFINITY));
  CHECK(all_are<float>(ones({2, 3}), 1) && all_are<int32_t>(zeros({4}, ScalarType::Int), 0));
  CHECK(all_are<float>(ones_like(zeros({4})), 1) && all_are<float>(full_strided({2, 3}, {1, 2}, 3), 3));
  CHECK(scalar_tensor(7)->dim() == 0 && all_are<float>(scalar_tensor(7), 7));
  CHECK(full({0}, 1)->numel() == 0);
}

TEST(a_number_that_is_none_of_the_type_ends_the_process) {
  CHECK_DIES(full({2}, 2.5, ScalarType::Int));
  CHECK_DIES(full({2}, 300, ScalarType::Byte));
  CHECK_DIES(full({2}, -1, ScalarType::Byte));
  CHECK_DIES(full({2}, 300, ScalarType::Char));
  CHECK_DIES(full({2}, -1, ScalarType::UInt16));
  CHECK_DIES(full({2}, true, ScalarType::Float));
  CHECK_DIES(full({2}, true, ScalarType::Int));
  CHECK_DIES(full({2}, 1.5, ScalarType::Bool));
  CHECK_DIES(full({2}, 1e10, ScalarType::Half));
  CHECK_DIES(full({2}, 1, ScalarType::ComplexFloat));
  CHECK_DIES(full({2}, 1, ScalarType::QInt8));
}

TEST(random_numbers_are_of_their_distribution) {
  auto uniform = rand({10000});
  CHECK(all_within<float>(uniform, 0, 1) && !all_within<float>(uniform, 0, 0.5f) &&
        !all_within<float>(uniform, 0.5f, 1));
  auto normal = randn({10000}, ScalarType::Double);
  double sum = 0;
  double squares = 0;
  for (ssize_t index = 0; index < normal->numel(); ++index) {
    const double value = normal->const_data_ptr<double>()[index];
    sum += value;
    squares += value * value;
  }
  CHECK(std::abs(sum / 10000) < 0.1 && std::abs(squares / 10000 - 1) < 0.1);
  auto whole = randint(-3, 3, {10000});
  CHECK(all_within<int32_t>(whole, -3, 3) && !all_within<int32_t>(whole, -2, 3) && !all_within<int32_t>(whole, -3, 2));
  CHECK(all_within<float>(randint(10, 20, {100}, ScalarType::Float), 10, 20));
  CHECK(all_within<int32_t>(randint(10, 11, {100}), 10, 11));
  CHECK(rand_like(whole, ScalarType::Float)->numel() == 10000 && randn_like(normal)->numel() == 10000);
  CHECK(randint_like(whole, 0, 5)->numel() == 10000);
  CHECK_DIES(rand({2}, ScalarType::ComplexFloat));
}

TEST(random_numbers_can_be_had_of_every_real_type) {
  for (const ScalarType type :
       {ScalarType::Byte, ScalarType::Char, ScalarType::Short, ScalarType::Int, ScalarType::Long, ScalarType::Half,
        ScalarType::Float, ScalarType::Double, ScalarType::Bool, ScalarType::BFloat16, ScalarType::UInt16,
        ScalarType::UInt32, ScalarType::UInt64}) {
    CHECK(rand({5}, type)->scalar_type() == type);
    CHECK(randn({5}, type)->scalar_type() == type);
    CHECK(randint(0, 100, {5}, type)->scalar_type() == type);
  }
}

TEST_MAIN()
