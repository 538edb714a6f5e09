#include "tensor_bytes.h"

#include <initializer_list>

#include "check.h"

using executorch::aten::ScalarType;
using executorch::runtime::internal::tensor_bytes;

namespace {

bool bytes_are(std::initializer_list<int32_t> sizes, ScalarType type, size_t expected) {
  size_t bytes = 1;
  return tensor_bytes({sizes.begin(), sizes.size()}, type, &bytes) && bytes == expected;
}

bool is_refused(std::initializer_list<int32_t> sizes, ScalarType type) {
  size_t bytes = 1;
  return !tensor_bytes({sizes.begin(), sizes.size()}, type, &bytes) && bytes == 1;
}

}  // namespace

TEST(bytes_are_the_product_of_sizes_and_element) {
  CHECK(bytes_are({}, ScalarType::Double, 8));
  CHECK(bytes_are({2, 3}, ScalarType::Float, 24));
  CHECK(bytes_are({5, 0, 7}, ScalarType::Half, 0));
}

TEST(what_cannot_be_is_refused) {
  CHECK(is_refused({-1}, ScalarType::Float));
  CHECK(is_refused({0, -1}, ScalarType::Float));
  CHECK(is_refused({2}, static_cast<ScalarType>(99)));
  CHECK(is_refused({2}, static_cast<ScalarType>(-1)));
  constexpr int32_t kMany = 1 << 30;
  CHECK(is_refused({kMany, kMany, kMany}, ScalarType::Byte));
  // Its strides would overflow although it is empty.
  CHECK(is_refused({0, kMany, kMany, kMany}, ScalarType::Byte));
}

TEST_MAIN()
