// Outputs of one number, in shapes that programs ask for.

#pragma once

#include "operand.h"

namespace etbuild::kernels {

// Sets all elements to a number, converted to the output's dtype. False if the call has failed.
bool fill(KernelRuntimeContext& context, const Number& number, Tensor& out);

// The same, of the sizes that argument `index` lists.
bool fill_sized(KernelRuntimeContext& context, Arguments arguments, size_t index, const Number& number, Tensor& out);

}  // namespace etbuild::kernels
