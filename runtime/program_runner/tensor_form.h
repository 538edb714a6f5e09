// What a program's inputs and outputs look like, and their way from and to arrays of .npy files. Runs nothing.

#pragma once

#include <executorch/runtime/core/exec_aten/exec_aten.h>

#include <cstdint>
#include <string>
#include <vector>

#include "npy.h"

namespace etbuild::runner {

// An input or output: a tensor, or a number.
struct TensorForm {
  executorch::aten::ScalarType type = executorch::aten::ScalarType::Float;
  std::vector<int64_t> sizes;      // Upper bounds, where the program takes smaller ones too.
  std::vector<uint8_t> dim_order;  // From the outermost dimension in memory to the innermost.
  bool is_number = false;          // An int, double or bool of its own: an array without dimensions.
};

// How elements stand in a .npy file; bfloat16, which numpy lacks, as the uint16 of its bits. False if they cannot.
bool npy_type_of(executorch::aten::ScalarType type, NpyType* npy);

// "float32[1, 32]".
std::string text_of(const TensorForm& form);

// Whether `array` can be given where `form` is wanted; kBadArgument says what must be and what is. `what` is the
// input in words. Sizes below the bounds pass: only the program knows which of them it can change.
Status check_fits(const std::string& what, const NpyArray& array, const TensorForm& form);

// The elements of an array of this shape in the memory order that `dim_order` says, and back into C order.
std::vector<uint8_t> to_dim_order(const NpyArray& array, const std::vector<uint8_t>& dim_order);
NpyArray from_tensor(const executorch::aten::Tensor& tensor);

}  // namespace etbuild::runner
