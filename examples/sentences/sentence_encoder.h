// A sentence to a vector: the tokenizer, the program and the kernels that the image holds.
#pragma once

#include <executorch/extension/data_loader/buffer_data_loader.h>
#include <executorch/runtime/executor/method.h>
#include <executorch/runtime/executor/program.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tokenizer.h"

// One at a time: the program's memory is the image's.
class SentenceEncoder {
 public:
  SentenceEncoder();

  // Loads the program. False if that fails; then `*error` says why in one line.
  bool open(std::string* error);

  // The ids of a sentence, with what the model wants around it.
  std::vector<int64_t> tokens(std::string_view sentence) const;

  // Writes a vector of length one, 384 numbers. False if the sentence has more tokens than the program takes, or the
  // program fails; then `*error` says why in one line.
  bool encode(std::string_view sentence, std::vector<float>* vector, std::string* error);

 private:
  executorch::extension::BufferDataLoader loader_;
  std::optional<executorch::runtime::Program> program_;
  std::optional<executorch::runtime::Method> method_;
  etbuild::runner::Tokenizer tokenizer_;
};

// The cosine of the angle between vectors of length one: 1 for the same meaning, about 0 for nothing in common.
float similarity(const std::vector<float>& left, const std::vector<float>& right);
