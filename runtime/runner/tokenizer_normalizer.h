// Changes a text before it is split into words, as the flat file's normalizer says. Knows nothing of tokens.

#pragma once

#include <string>
#include <string_view>

#include "tokenizer_format.h"

namespace etbuild::runner {

// Returns `text` (good UTF-8) normalized.
std::string normalize(const format::File& file, std::string_view text);

// Returns `text` with each match of the program replaced by `by`.
std::string replace(const format::File& file, uint32_t program, std::string_view by, std::string_view text);

}  // namespace etbuild::runner
