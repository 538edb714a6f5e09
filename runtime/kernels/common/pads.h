// Padding by elements of the tensor itself.

#pragma once

#include "shapes.h"

namespace etbuild::kernels {

enum class Pad {
  kReflection,   // As in a mirror that stands on the outermost element.
  kReplication,  // The outermost element again and again.
};

// The call of an operator (Tensor self, SymInt[] padding, *, Tensor(a!) out) that pads the last `count` dimensions,
// before and after the last, the last but one, ... A tensor may have one or two dimensions more.
void pad(KernelRuntimeContext& context, Arguments arguments, size_t count, Pad kind);

}  // namespace etbuild::kernels
