// Runs the programs that regular expressions were compiled to. Knows nothing of what is done with a match.

#pragma once

#include <cstdint>
#include <string_view>

#include "tokenizer_format.h"

namespace etbuild::runner::pattern {

constexpr size_t kNoMatch = static_cast<size_t>(-1);

// Where the match that begins at `at` ends, kNoMatch if there is none or it is empty. `text` is good UTF-8. As in other
// engines that backtrack, the first alternative that lets the whole match wins, not the longest.
size_t match(const format::File& file, uint32_t program, std::string_view text, size_t at);

// The next match at or behind `at`; false if there is none.
bool find(const format::File& file, uint32_t program, std::string_view text, size_t at, size_t* start, size_t* end);

}  // namespace etbuild::runner::pattern
