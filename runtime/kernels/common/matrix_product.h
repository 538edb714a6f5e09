// Products of matrices: what mm, bmm, addmm and linear come to. `any_matrix_product.h` computes them in all dtypes.

#pragma once

#include "operand.h"

namespace etbuild::kernels {

// Matrices in a tensor, in elements; a step of 0 repeats a row, column or matrix. Null: none.
struct TensorMatrix {
  const Tensor* tensor = nullptr;
  int64_t row_step = 0;
  int64_t column_step = 0;
  int64_t batch_step = 0;
};

// out[rows, columns] = beta * addend + alpha * left[rows, inner] * right[inner, columns]. Whole numbers wrap around.
struct MatrixProduct {
  int64_t rows, inner, columns;
  TensorMatrix left, right, out;
  TensorMatrix addend = {};
  Number beta = Number(int64_t{1});  // If it is 0, the addend is not read.
  Number alpha = Number(int64_t{1});
  int64_t batches = 1;
};

// The two last dimensions of a tensor; one in front of them is of batches.
TensorMatrix matrix_of(const Tensor& tensor);

// Whether all have one dtype, and numbers are such; if not, the call has failed with InvalidArgument.
bool expect_matrices(KernelRuntimeContext& context, const MatrixProduct& product);

// Computes one of floats.
void multiply_floats(KernelRuntimeContext& context, const MatrixProduct& product);

}  // namespace etbuild::kernels
