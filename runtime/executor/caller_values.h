// What callers give to a method's values, and what has to be there before values are used. Serves methods that are
// loaded from programs and compiled plans alike.

#pragma once

#include <executorch/runtime/core/evalue.h>
#include <executorch/runtime/core/span.h>

#include <cstddef>

namespace executorch::runtime::internal {

// True for a tensor of elements that are nowhere.
inline bool lacks_data(const aten::Tensor& tensor) { return tensor.const_data_ptr() == nullptr && tensor.numel() != 0; }

inline bool lacks_data(const EValue& value) { return value.isTensor() && lacks_data(value.payload.as_tensor); }

// What the program says of a tensor that goes in or out.
struct TensorPlace {
  // It has memory of its own, or is a constant: data is copied into it, and its memory is nobody else's to give.
  bool planned;
  // The most elements that it may have, which the program was checked for.
  size_t largest;
};

// Makes `own` what the caller gives: a tensor's shape and data, copied or shared; other values must be equal, as a
// program is made for them. `place` is for tensors. InvalidArgument: of another kind, another value, without data; else
// what resize_tensor() says. `input` is for messages.
ET_NODISCARD Error give_input(const EValue& own, const EValue& given, const TensorPlace& place, size_t input);

// Makes `own` write to `size` bytes of the caller's. InvalidArgument: it is no tensor, or too large for them.
// InvalidState: it has a place in the plan.
ET_NODISCARD Error give_output(const EValue& own, void* buffer, size_t size, const TensorPlace& place, size_t output);

// InvalidState if an argument is a tensor without data, or a list with such a one: kernels and backends believe that
// there is as much as its sizes say.
ET_NODISCARD Error check_data(Span<EValue*> arguments);

// Reads what a jump depends on: a bool, or a tensor of bools that is true if all of it is. InvalidProgram: neither.
ET_NODISCARD Error read_condition(const EValue& value, bool* condition);

}  // namespace executorch::runtime::internal
