// libFuzzer's entry points for .bpte files; scripts/fuzz links them.

#include "bundle_input.h"
#include "bundled_program_schema_tables.h"
#include "fuzzer_entry.h"

FUZZER_ENTRY(bundled_program_flatbuffer::verification::kRules, etbuild::testing::run_bundle_input)
