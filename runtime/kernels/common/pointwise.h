// What most elementwise kernels are: arguments of which the first are operands, and the output is last.

#pragma once

#include "elementwise.h"

namespace etbuild::kernels {

// What is computed of the operands' common dtype; Half and BFloat16 are always computed as floats.
enum class Answer : uint8_t {
  kSame,   // The same dtype.
  kFloat,  // A floating one: whole numbers are taken as floats.
  kBool,   // Whether something holds of operands in their common dtype.
  kTruth,  // The same, of operands as bools.
};

// The first arguments as operands: tensors, or numbers.
struct Operands {
  Operands(Arguments arguments, size_t many);

  size_t count;
  Operand list[kMaxOperands];
  Number numbers[kMaxOperands];
  ScalarType common;
};

// A row for the dtype that is computed in; null: there is none.
using RowOf = Row (*)(ScalarType computed);

// Computes, or the call has failed.
void pointwise(KernelRuntimeContext& context, const Operands& operands, Answer answer, RowOf row_of, Tensor& out,
               const void* parameters = nullptr);

// The whole kernel, if its arguments are so many operands, and perhaps others that it has taken into `parameters`.
void pointwise(KernelRuntimeContext& context, Arguments arguments, const char* letters, size_t operands, Answer answer,
               RowOf row_of, const void* parameters = nullptr);

// A kernel of two operands and a factor alpha, which is the row's parameter: whole, if the operands are.
void pointwise_scaled(KernelRuntimeContext& context, Arguments arguments, const char* letters, RowOf row_of);

}  // namespace etbuild::kernels
