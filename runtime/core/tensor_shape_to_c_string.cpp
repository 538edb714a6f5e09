// Shapes as text, for messages.

#include <executorch/runtime/core/exec_aten/util/tensor_shape_to_c_string.h>

#include <cstring>

namespace executorch::runtime {

namespace {

using ShapeString = std::array<char, kTensorShapeStringSizeLimit>;

char* append(char* at, const char* text) {
  const size_t length = std::strlen(text);
  std::memcpy(at, text, length + 1);
  return at + length;
}

char* append_number(char* at, uint32_t value) {
  char digits[10];
  size_t count = 0;
  do {
    digits[count++] = static_cast<char>('0' + value % 10);
    value /= 10;
  } while (value != 0);
  while (count > 0) *at++ = digits[--count];
  return at;
}

template <typename Size>
ShapeString shape_string(Span<const Size> shape) {
  ShapeString result;
  char* at = result.data();
  if (shape.size() > kTensorDimensionLimit) {
    append(at, "(ERR: tensor ndim exceeds limit)");
    return result;
  }
  const char* separator = "(";
  for (const Size size : shape) {
    at = append(at, separator);
    const bool is_printable = size >= 0 && static_cast<uint64_t>(size) <= internal::kMaximumPrintableTensorShapeElement;
    at = is_printable ? append_number(at, static_cast<uint32_t>(size)) : append(at, "ERR");
    separator = ", ";
  }
  append(at, shape.empty() ? "()" : ")");
  return result;
}

}  // namespace

ShapeString tensor_shape_to_c_string(Span<const int32_t> shape) { return shape_string(shape); }

ShapeString tensor_shape_to_c_string(Span<const int64_t> shape) { return shape_string(shape); }

}  // namespace executorch::runtime
