// What a fuzzer does with one input that is to be a .bpte.

#pragma once

#include <cstddef>
#include <cstdint>

namespace etbuild::testing {

// Loads the program within, and runs it on the first cases. How many outputs were as expected.
size_t run_bundle_input(const uint8_t* data, size_t size);

}  // namespace etbuild::testing
