// The dtype in which operands meet, as PyTorch documents it: https://pytorch.org/docs/stable/tensor_attributes.html

#pragma once

#include "operand.h"

namespace etbuild::kernels {

// The kinds of numbers, bool, whole, floating, complex; each holds the ones before.
constexpr int kind_of(ScalarType type) {
  if (is_bool(type)) return 0;
  if (is_integer(type)) return 1;
  return is_complex(type) ? 3 : 2;
}

// The dtype that both can be converted to without loss of kind; Undefined if PyTorch knows none.
ScalarType promote(ScalarType left, ScalarType right);

// The dtype of what is computed from operands: tensors with dimensions decide; those without, and then numbers, only
// where they are of a higher kind (bool, whole, floating, complex).
ScalarType common_dtype(const Operand* operands, size_t count);

// Whether a result may be written to a tensor of that dtype: no kind is lost.
constexpr bool can_cast(ScalarType from, ScalarType to) { return kind_of(from) <= kind_of(to); }

}  // namespace etbuild::kernels
