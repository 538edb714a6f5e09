// Products of matrices, in any dtype that has them: what mm, bmm, addmm and linear come to.

#pragma once

#include "operand.h"

namespace etbuild::kernels {

// A matrix in a tensor, in elements; null: none. A step of 0 repeats a row, column or element.
struct Matrix {
  const Tensor* tensor = nullptr;
  int64_t row_step = 0;
  int64_t column_step = 0;
  int64_t offset = 0;
};

// out[rows, columns] = beta * addend + alpha * left[rows, inner] * right[inner, columns]. Whole numbers wrap around.
struct MatrixProduct {
  int64_t rows, inner, columns;
  Matrix left, right, out;
  Matrix addend = {};
  Number beta = Number(int64_t{1});  // If it is 0, the addend is not read.
  Number alpha = Number(int64_t{1});
};

// The two last dimensions of a tensor.
Matrix matrix_of(const Tensor& tensor);

// Computes it. All must have one dtype; out must have its sizes. False if the call has failed: with InvalidArgument, or
// NotSupported for a dtype that has no products.
bool multiply(KernelRuntimeContext& context, const MatrixProduct& product);

}  // namespace etbuild::kernels
