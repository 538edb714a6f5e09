// UTF-8 and sets of code points, for the tokenizer. Knows nothing of tokens.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tokenizer_format.h"

namespace etbuild::runner::text {

// The length of the sequence at the start of `bytes` (not empty), as far as it could begin a character: 1 to 4, and in
// `*complete` whether it is all of one. 0 if the first byte begins nothing. What is no whole character is, up to this
// length, one maximal part in the sense of Unicode: it counts as one U+FFFD.
size_t sequence(std::string_view bytes, bool* complete);

// Appends `bytes` with each maximal part of what is not UTF-8 replaced by U+FFFD.
void append_repaired(std::string_view bytes, std::string* out);

// How many bytes at the end of `bytes` may be the beginning of a character whose other bytes are still to come.
size_t unfinished(std::string_view bytes);

// Whether all of it is UTF-8.
bool is_utf8(std::string_view bytes);

// The code point at `at`, which must be the start of one in good UTF-8.
inline uint32_t code_point(std::string_view text, size_t at, size_t* length) {
  const auto lead = static_cast<uint8_t>(text[at]);
  auto tail = [&](size_t i) { return static_cast<uint32_t>(static_cast<uint8_t>(text[at + i]) & 0x3F); };
  if (lead < 0x80) {
    *length = 1;
    return lead;
  }
  if (lead < 0xE0) {
    *length = 2;
    return (static_cast<uint32_t>(lead & 0x1F) << 6) | tail(1);
  }
  if (lead < 0xF0) {
    *length = 3;
    return (static_cast<uint32_t>(lead & 0x0F) << 12) | (tail(1) << 6) | tail(2);
  }
  *length = 4;
  return (static_cast<uint32_t>(lead & 0x07) << 18) | (tail(1) << 12) | (tail(2) << 6) | tail(3);
}

// The start of the code point before `at` (> 0).
inline size_t before(std::string_view text, size_t at) {
  do {
    --at;
  } while ((static_cast<uint8_t>(text[at]) & 0xC0) == 0x80);
  return at;
}

void append(uint32_t code_point, std::string* out);

// Whether the set holds the code point.
bool holds(const format::File& file, uint32_t set, uint32_t code_point);

}  // namespace etbuild::runner::text
