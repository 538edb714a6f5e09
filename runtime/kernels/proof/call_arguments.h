// The values that a recorded call becomes: tensors with memory of their own around which nothing may be written.
//
// Knows tensors and EValues, not operators. Inputs lie in memory of exactly their size, so that a sanitizer sees what
// is read beside them; outputs have canaries on both sides. Outputs without content hold a pattern before the call.

#pragma once

#include <executorch/runtime/core/evalue.h>
#include <executorch/runtime/core/span.h>

#include <memory>
#include <vector>

#include "calls_file.h"

namespace etbuild::proof {

// A tensor with its memory.
class GuardedTensor {
 public:
  explicit GuardedTensor(const RecordedTensor& recorded);
  ~GuardedTensor();
  GuardedTensor(const GuardedTensor&) = delete;
  GuardedTensor& operator=(const GuardedTensor&) = delete;

  executorch::aten::Tensor tensor() { return executorch::aten::Tensor(&impl_); }
  const RecordedTensor& recorded() const { return recorded_; }
  const uint8_t* data() const { return data_; }

  // Whether nothing was written that must not be: beside an output, or at all to an input.
  bool is_intact() const;

 private:
  const RecordedTensor& recorded_;
  std::vector<int32_t> sizes_;
  std::vector<uint8_t> dim_order_;
  std::vector<int32_t> strides_;
  size_t bytes_ = 0;
  uint8_t* memory_ = nullptr;
  uint8_t* data_ = nullptr;
  executorch::aten::TensorImpl impl_;
};

// The arguments of a call. `call` must outlive them.
class CallArguments {
 public:
  explicit CallArguments(const RecordedCall& call);

  // The arguments in order, and behind them, as in a program, what is returned.
  executorch::runtime::Span<executorch::runtime::EValue*> span() { return {pointers_.data(), pointers_.size()}; }
  const std::vector<std::unique_ptr<GuardedTensor>>& tensors() const { return tensors_; }

 private:
  struct List;

  executorch::runtime::EValue value_of(const RecordedArgument& argument);
  executorch::runtime::EValue list_of(const RecordedArgument& argument);
  executorch::aten::Tensor tensor_of(const RecordedTensor& recorded);

  std::vector<std::unique_ptr<GuardedTensor>> tensors_;
  std::vector<std::unique_ptr<List>> lists_;
  std::vector<std::unique_ptr<executorch::runtime::EValue>> values_;
  std::vector<executorch::runtime::EValue*> pointers_;

 public:
  ~CallArguments();
};

}  // namespace etbuild::proof
