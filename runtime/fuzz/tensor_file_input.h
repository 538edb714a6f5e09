// What a fuzzer does with one input that is to be a .ptd.

#pragma once

#include <cstddef>
#include <cstdint>

namespace etbuild::testing {

// Opens it, asks for all that it has, and loads a program whose weight is in it. Whether that program ran.
bool run_tensor_file_input(const uint8_t* data, size_t size);

}  // namespace etbuild::testing
