// Compares a program with what its model said in eager PyTorch: greedy tokens, and the logits before each.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "status.h"
#include "text_program.h"

namespace etbuild::runner {

// What the rule `eager_text` recorded.
struct Reference {
  std::vector<int32_t> prompt;
  std::vector<int64_t> tokens;
  std::vector<float> logits;  // A row before each token.
};

Status read_reference(const std::string& path, Reference* reference);

// The same of a file in memory: what an image holds.
Status read_reference(const void* data, size_t size, Reference* reference);

// Feeds the prompt and then `count` greedy tokens. kFailed at the first token that is another one, or before which a
// logit is off by more than `tolerance` or not a number; `*error` is the largest difference until there.
Status compare_greedy(TextProgram* program, const Reference& reference, size_t count, double tolerance, double* error);

}  // namespace etbuild::runner
