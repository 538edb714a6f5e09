#include <vector>

#include "examples/hello/tensor.h"
#include "gtest/gtest.h"

namespace {

using hello::Tensor;

class MatrixProduct : public testing::TestWithParam<std::size_t> {};

TEST_P(MatrixProduct, WithTheIdentityChangesNothing) {
  const std::size_t size = GetParam();
  std::vector<float> identity(size * size), values(size * size), product(size * size);
  for (std::size_t index = 0; index < size * size; ++index) values[index] = static_cast<float>(index) - 3.5f;
  for (std::size_t index = 0; index < size; ++index) identity[index * (size + 1)] = 1.0f;
  Tensor out{product.data(), {size, size}, 2};
  ASSERT_TRUE(hello::multiply({values.data(), {size, size}, 2}, {identity.data(), {size, size}, 2}, out));
  EXPECT_EQ(product, values);
}

INSTANTIATE_TEST_SUITE_P(Sizes, MatrixProduct, testing::Values(1, 2, 7, 16));

TEST(Sum, OfDifferentSizesIsRefused) {
  float one[2] = {}, other[3] = {};
  Tensor out{one, {2}, 1};
  EXPECT_FALSE(hello::add({one, {2}, 1}, {other, {3}, 1}, out));
}

}  // namespace
