// Shapes as text; it runs on the official library, too.

#include <executorch/runtime/core/exec_aten/util/tensor_shape_to_c_string.h>

#include <cstring>

#include "check.h"

namespace {

using executorch::runtime::kTensorShapeStringSizeLimit;
using executorch::runtime::Span;
using executorch::runtime::tensor_shape_to_c_string;

template <typename Size, size_t kCount>
bool reads(const Size (&shape)[kCount], size_t count, const char* text) {
  return std::strcmp(tensor_shape_to_c_string(Span<const Size>(shape, count)).data(), text) == 0;
}

TEST(shapes_are_lists_in_parentheses) {
  const int32_t shape[] = {1, 20, 0};
  CHECK(reads(shape, 3, "(1, 20, 0)"));
  CHECK(reads(shape, 1, "(1)"));
}

#ifndef OFFICIAL_RUNTIME
// The official library writes in front of its buffer.
TEST(a_shape_without_dimensions_is_an_empty_list) {
  const int32_t shape[] = {1};
  CHECK(reads(shape, 0, "()"));
}
#endif

TEST(sizes_that_cannot_be_are_errors_in_the_text) {
  const int32_t shape[] = {-1, 2147483647, -2147483647 - 1};
  CHECK(reads(shape, 3, "(ERR, 2147483647, ERR)"));
  const int64_t large[] = {2147483647, 2147483648, -5, int64_t{1} << 62};
  CHECK(reads(large, 4, "(2147483647, ERR, ERR, ERR)"));
}

TEST(the_longest_shape_fits) {
  int32_t shape[17];
  for (int32_t& size : shape) size = 2147483647;
  const auto text = tensor_shape_to_c_string(Span<const int32_t>(shape, size_t{16}));
  CHECK(std::strlen(text.data()) == 16 * 10 + 15 * 2 + 2);
  CHECK(std::strlen(text.data()) < kTensorShapeStringSizeLimit);
  CHECK(reads(shape, 17, "(ERR: tensor ndim exceeds limit)"));
}

}  // namespace

TEST_MAIN()
