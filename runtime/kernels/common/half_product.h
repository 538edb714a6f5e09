// Products of matrices of Half and BFloat16: blocks of them become floats, and are multiplied as such.

#pragma once

#include "matrix_product.h"

namespace etbuild::kernels {

// Computes one whose matrices have one of these dtypes, with sums in floats. False, and nothing is done, if there is no
// memory for blocks, or rows of the output are not contiguous.
bool multiply_halves(KernelRuntimeContext& context, const MatrixProduct& product);

}  // namespace etbuild::kernels
