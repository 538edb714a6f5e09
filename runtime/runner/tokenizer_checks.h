// Checks the tables of a tokenizer's flat file against each other, once, so that nothing needs a check later. Knows
// nothing of where in the file they lie.

#pragma once

#include "tokenizer_format.h"

namespace etbuild::runner::format {

// What is wrong with a file: the table, and what it must be.
struct Fault {
  const char* table;
  const char* rule;
};

// Whether all offsets, indices and ids in the tables are good, and the tables in order. Fills in what `File` derives
// from them. On failure `*fault` says what is wrong.
bool check(File* file, Fault* fault);

}  // namespace etbuild::runner::format
