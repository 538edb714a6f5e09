// What arguments kernels take. A program's calls are checked against it once, when a method is loaded, so that no
// kernel is called with too few arguments or ones of another kind. Which scalar a scalar is can change while the
// program runs (what a prim operator gives is an int in the file and may become a double): a kernel has to look.

#pragma once

#include <executorch/runtime/core/evalue.h>
#include <executorch/runtime/core/span.h>

namespace executorch::runtime::internal {

// `arguments` has one letter an argument, in the kernel's order; a call may have more arguments, not fewer.
//     t tensor   i int   d double   b bool   s int, double or bool   z string
//     l list of ints   e list of doubles   c list of bools   T list of tensors   O list of optional tensors   * any
//     o tensor or None; I D B S Z L E C: as the small letter, or None
// A scalar may become one of another kind while a program runs, so i, d, b and s are the same to the check at load.
struct KernelSignature {
  const char* name;  // As Kernel::name_.
  const char* arguments;
};

// The signatures that an image knows, sorted by name. Weak: an image with its own kernels defines it anew, including
// the prim operators' if they are linked. A kernel without one is called with whatever the program says.
Span<const KernelSignature> kernel_signatures();

// The arguments of the operator that a program names so, or null. `overload` may be null or empty.
const char* find_signature(const char* name, const char* overload, Span<const KernelSignature> signatures);

// Whether a value of this kind can be the argument that `letter` stands for.
bool takes(char letter, Tag tag);

}  // namespace executorch::runtime::internal
