// The arguments of a call as a kernel reads them: checked once, at its start, so that nothing a program says can abort.
//
//     void add_out(KernelRuntimeContext& context, Arguments arguments) {
//       if (!are_arguments(context, arguments, "ttst")) return;
//       const Tensor& self = tensor(arguments, 0);

#pragma once

#include <executorch/runtime/core/evalue.h>
#include <executorch/runtime/core/span.h>
#include <executorch/runtime/kernel/kernel_runtime_context.h>

#include <optional>

namespace etbuild::kernels {

using executorch::aten::ArrayRef;
using executorch::aten::ScalarType;
using executorch::aten::Tensor;
using executorch::runtime::Error;
using executorch::runtime::EValue;
using executorch::runtime::KernelRuntimeContext;

// A call's arguments, in the order of the operator's schema; outputs are last.
using Arguments = executorch::runtime::Span<EValue*>;

// Whether the arguments are what `letters` says, one each; if not, the call has failed with InvalidArgument.
//     t tensor   i int or bool   d b s int, double or bool   z string   l ints   e doubles   c bools
//     T tensors   O optional tensors   * any   o tensor or None   I D B S Z L E C: as the small letter, or None
inline bool are_arguments(KernelRuntimeContext& context, Arguments arguments, const char* letters);

// The same: how many letters there are, of which there is one at least; 0 if the call has failed.
size_t count_arguments(KernelRuntimeContext& context, Arguments arguments, const char* letters);

inline bool are_arguments(KernelRuntimeContext& context, Arguments arguments, const char* letters) {
  return count_arguments(context, arguments, letters) != 0;
}

// What an argument is. Only for what are_arguments has seen.
inline Tensor& tensor(Arguments arguments, size_t index) { return arguments[index]->payload.as_tensor; }
inline bool is_none(Arguments arguments, size_t index) { return arguments[index]->isNone(); }

// Null if the argument is None.
inline Tensor* optional_tensor(Arguments arguments, size_t index) {
  return is_none(arguments, index) ? nullptr : &tensor(arguments, index);
}

int64_t integer(const EValue& value);  // A double is cut, as by C.
double real(const EValue& value);
bool boolean(const EValue& value);  // Whether it is not zero.

inline int64_t integer(Arguments arguments, size_t index) { return integer(*arguments[index]); }
inline double real(Arguments arguments, size_t index) { return real(*arguments[index]); }
inline bool boolean(Arguments arguments, size_t index) { return boolean(*arguments[index]); }

// A list of ints; empty if the argument is None.
ArrayRef<int64_t> integers(Arguments arguments, size_t index);

// Of doubles, and of bools; empty if the argument is None.
ArrayRef<double> reals(Arguments arguments, size_t index);
ArrayRef<bool> booleans(Arguments arguments, size_t index);

// Whether an argument is this text.
bool is_text(Arguments arguments, size_t index, const char* text);

// A list of tensors, or of tensors and None. Empty if it is not what the program says.
ArrayRef<Tensor> tensors(Arguments arguments, size_t index);
ArrayRef<std::optional<Tensor>> optional_tensors(Arguments arguments, size_t index);

// The dtype that an argument names, or `fallback` if it is None.
ScalarType dtype(Arguments arguments, size_t index, ScalarType fallback);

// Says that a call cannot be served. Returns false, so that a check ends with it.
bool refuse(KernelRuntimeContext& context, Error error);

}  // namespace etbuild::kernels
