// What a fuzzer does with one input that is to be a program.

#pragma once

#include <cstddef>
#include <cstdint>

namespace etbuild::testing {

// Runs it; how (which verification, whether and when memory ends) depends on the bytes alone.
void run_program_input(const uint8_t* data, size_t size);

}  // namespace etbuild::testing
