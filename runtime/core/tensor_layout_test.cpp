// Layouts of tensors in files; it runs on the official library, too, where that does not believe the file.

#include <executorch/runtime/core/tensor_layout.h>

#include <initializer_list>

#include "check.h"

namespace {

using executorch::runtime::Error;
using executorch::runtime::Result;
using executorch::runtime::TensorLayout;
using executorch::runtime::etensor::ScalarType;

Result<const TensorLayout> layout(std::initializer_list<int32_t> sizes, std::initializer_list<uint8_t> order,
                                  ScalarType type) {
  return TensorLayout::create({sizes.begin(), sizes.size()}, {order.begin(), order.size()}, type);
}

TEST(a_layout_knows_its_bytes) {
  CHECK(layout({2, 3}, {0, 1}, ScalarType::Float)->nbytes() == 24);
  CHECK(layout({2, 3}, {1, 0}, ScalarType::Short)->nbytes() == 12);
  CHECK(layout({}, {}, ScalarType::Double)->nbytes() == 8);
  CHECK(layout({2, 0}, {0, 1}, ScalarType::Float)->nbytes() == 0);
}

TEST(sizes_and_dim_order_must_fit_each_other) {
  CHECK(layout({2}, {0, 1}, ScalarType::Float).error() == Error::InvalidArgument);
  CHECK(layout({2, 3}, {0, 2}, ScalarType::Float).error() == Error::InvalidArgument);
  CHECK(layout({2, -3}, {0, 1}, ScalarType::Float).error() == Error::InvalidArgument);
  CHECK(layout({0, -1}, {0, 1}, ScalarType::Float).error() == Error::InvalidArgument);
}

#ifndef OFFICIAL_RUNTIME
TEST(a_dim_order_that_names_a_dimension_twice_is_refused) {
  CHECK(layout({2, 3}, {0, 0}, ScalarType::Float).error() == Error::InvalidArgument);
}

TEST(numbers_of_elements_and_of_bytes_must_not_overflow) {
  CHECK(layout({2147483647, 2147483647, 2147483647}, {0, 1, 2}, ScalarType::Byte).error() == Error::InvalidArgument);
  CHECK(layout({2147483647, 2147483647, 4}, {0, 1, 2}, ScalarType::Double).error() == Error::InvalidArgument);
}

TEST(a_type_without_elements_is_refused) {
  CHECK(layout({2}, {0}, ScalarType::Undefined).error() == Error::InvalidArgument);
  CHECK(layout({2}, {0}, static_cast<ScalarType>(99)).error() == Error::InvalidArgument);
  CHECK(layout({2}, {0}, static_cast<ScalarType>(-1)).error() == Error::InvalidArgument);
}

TEST(a_rank_has_a_limit) {
  CHECK(!layout({1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1},
                {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}, ScalarType::Byte)
             .ok());
}
#endif

}  // namespace

TEST_MAIN()
