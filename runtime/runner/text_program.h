// A program that continues tokens: `forward(input_ids[1, S], cache_position[S]) -> logits`. Knows no text, no sampling.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "status.h"

namespace etbuild::runner {

// What a program says of itself, by its constant methods; what it does not say is taken from its inputs.
struct TextProgramFacts {
  int64_t context_length = 0;    // get_max_context_len, get_max_seq_len: tokens that its cache holds.
  int64_t longest_call = 0;      // Tokens that one call takes.
  bool is_any_length = true;     // enable_dynamic_shape: a call takes 1 .. longest_call tokens, else exactly so many.
  int64_t vocabulary_size = 0;   // get_vocab_size; 0 if it does not say.
  std::vector<int32_t> eos_ids;  // get_eos_ids: what ends a text. May be empty.
};

// The logits of the token that comes next, one float for each id. Valid until the next call of the program.
struct Logits {
  const float* data = nullptr;
  size_t size = 0;
};

// A loaded program and the position in its key-value cache. One thread at a time.
class TextProgram {
 public:
  // Maps the program at `path` and loads `method`. Kernels and backends must be registered before.
  static Status load(const std::string& path, const std::string& method, std::unique_ptr<TextProgram>* program);

  // The same with a program in memory, which must stay there: that of an image.
  static Status load(const void* data, size_t size, const std::string& method, std::unique_ptr<TextProgram>* program);

  virtual ~TextProgram() = default;
  virtual const TextProgramFacts& facts() const = 0;

  // Feeds tokens behind those that were fed before, in calls as long as the program takes, and gives the logits behind
  // the last one. kContextFull if they do not fit, kBadArgument if an id is none of the vocabulary; nothing is fed
  // then.
  virtual Status feed(const std::vector<int32_t>& tokens, Logits* logits) = 0;

  // Tokens fed so far.
  virtual int64_t position() const = 0;

  // Goes back to an earlier position: what was fed after it is forgotten. 0 starts a new text.
  virtual void rewind(int64_t position) = 0;
};

}  // namespace etbuild::runner
