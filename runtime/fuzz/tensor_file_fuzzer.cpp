// libFuzzer's entry points for .ptd files; scripts/fuzz links them.

#include <executorch/runtime/platform/runtime.h>

#include "flat_tensor_schema_tables.h"
#include "fuzzer_entry.h"
#include "tensor_file_input.h"

FUZZER_ENTRY(flat_tensor_flatbuffer::verification::kRules, etbuild::testing::run_tensor_file_input)
