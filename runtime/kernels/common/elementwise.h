// Kernels that compute each element of their output from those of the same index: broadcast, promoted, converted here;
// they only bring rows.
//
// A row computes dense elements of one dtype. Operands of other dtypes, strides, or shapes come by way of small
// buffers. ET_KERNELS_STRIDED=0 leaves that out, where size is all that counts: what does not lie as the output does,
// in the dtype that the row reads, then fails with NotSupported.

#pragma once

#include "operand.h"
#include "promotion.h"

namespace etbuild::kernels {

// Computes `count` elements. `parameters` are what the kernel gave. Inputs and output may be the same memory.
using Row = void (*)(const void* const* inputs, void* out, int64_t count, const void* parameters);

constexpr size_t kMaxOperands = 3;

struct Elementwise {
  const Operand* operands;  // Up to kMaxOperands.
  size_t count;
  ScalarType compute;  // What the row reads.
  ScalarType result;   // What it writes.
  Row row;             // Null: the dtype is not served, and the call fails with NotSupported.
  const void* parameters = nullptr;
  ScalarType condition = ScalarType::Undefined;  // What the row reads of the first operand, if it is another dtype.

  ScalarType reads(size_t index) const {
    return index == 0 && condition != ScalarType::Undefined ? condition : compute;
  }
};

// Resizes the output and computes it. False if the call has failed: with InvalidArgument if the operands do not
// broadcast, or the output cannot have the result's sizes or dtype.
bool compute(KernelRuntimeContext& context, const Elementwise& call, Tensor& out);

}  // namespace etbuild::kernels
