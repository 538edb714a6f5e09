// Small programs that together use all that a .pte can hold: what hostile files are made of, and tests begin with.

#pragma once

#include <cstddef>

#include "program_writer.h"

namespace etbuild::testing {

constexpr size_t kSmallPrograms = 12;

// The program of that number, and what it is called.
FileBytes small_program(size_t number);
const char* small_program_name(size_t number);

// A .ptd with the weight that the program "methods" wants, and two other entries.
FileBytes small_tensor_file();

// A .bpte of the program "add", with two cases.
FileBytes small_bundle();

}  // namespace etbuild::testing
