// Splits a normalized text into words, as the flat file's pre-tokenizer says. Knows nothing of tokens.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tokenizer_format.h"

namespace etbuild::runner {

// Words in their order, as pieces of one text.
struct Words {
  struct Span {
    size_t start;
    size_t end;
  };

  std::string text;
  std::vector<Span> spans;

  std::string_view operator[](size_t index) const {
    return std::string_view(text).substr(spans[index].start, spans[index].end - spans[index].start);
  }
};

// Splits `text` (good UTF-8). `is_first` says that it begins the whole text: some tokenizers put a mark there only.
Words split(const format::File& file, std::string text, bool is_first);

}  // namespace etbuild::runner
