// libFuzzer's entry points for .pte files; scripts/fuzz links them.

#include "fuzzer_entry.h"
#include "program_input.h"
#include "program_schema_tables.h"

FUZZER_ENTRY(executorch_flatbuffer::verification::kRules, etbuild::testing::run_program_input)
