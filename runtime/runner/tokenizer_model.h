// Turns a word into tokens: byte-pair encoding, or the longest piece of a vocabulary first. Knows nothing of words'
// origin.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tokenizer_format.h"

namespace etbuild::runner {

// The id that the model has for this spelling, kNone if it has none.
uint32_t find_piece(const format::File& file, std::string_view piece);

// Encodes words; keeps room between them. Use one a thread.
class WordEncoder {
 public:
  explicit WordEncoder(const format::File& file) : file_(file) {}

  // Appends the tokens of `word` (good UTF-8) to `*ids`.
  void encode(std::string_view word, std::vector<int32_t>* ids);

 private:
  // A token that may still become a part of another one; a list, so that a merge moves nothing.
  struct Symbol {
    uint32_t id;
    int32_t before;
    int32_t next;
    bool is_there;
  };
  // A merge that is possible, or was when it was found.
  struct Candidate {
    uint32_t rank;
    int32_t at;
    uint32_t result;
  };

  static bool later(const Candidate& left, const Candidate& right);
  void add(uint32_t id);
  void add_bytes(std::string_view word);
  void add_characters(std::string_view word);
  bool add_fallback(std::string_view character);
  void consider(int32_t at);
  void merge_all();
  void encode_pieces(std::string_view word, std::vector<int32_t>* ids);

  const format::File& file_;
  std::vector<Symbol> symbols_;
  std::vector<Candidate> queue_;
  std::string continued_;
};

}  // namespace etbuild::runner
