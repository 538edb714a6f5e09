// Products of matrices of any dtype by loops: doubles, integers that wrap around, complex numbers.

#pragma once

#include <cstddef>

namespace etbuild::kernels::math {

// Element (i, j) is data[i * row_stride + j * column_stride].
template <typename Number>
struct MatrixOf {
  const Number* data;
  ptrdiff_t row_stride;
  ptrdiff_t column_stride;
};

// Calls finish(sum, i, j) for each element of a x b, a row at a time; a is rows x depth, b depth x columns. Sum is what
// products are added up in, such as an unsigned integer for integers that wrap around, or float for halves.
template <typename Sum, typename Number, typename Finish>
void multiply_plainly(ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t depth, const MatrixOf<Number>& a,
                      const MatrixOf<Number>& b, Finish finish) {
  for (ptrdiff_t i = 0; i < rows; ++i) {
    for (ptrdiff_t j = 0; j < columns; ++j) {
      const Number* x = a.data + i * a.row_stride;
      const Number* y = b.data + j * b.column_stride;
      Sum sum{};
      for (ptrdiff_t k = depth; k > 0; --k, x += a.column_stride, y += b.row_stride) {
        sum = static_cast<Sum>(sum + static_cast<Sum>(*x) * static_cast<Sum>(*y));
      }
      finish(sum, i, j);
    }
  }
}

}  // namespace etbuild::kernels::math
