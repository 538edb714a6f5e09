// How numbers that a method gave are compared with those that were expected. Knows no files.

#pragma once

#include <executorch/runtime/core/error.h>
#include <executorch/runtime/core/exec_aten/exec_aten.h>

#include "bundled_program.h"

namespace etbuild {

// Counts a number that is or is not equal to what was expected.
void compare_numbers(bool is_equal, double actual, double expected, Comparison* comparison);

// Counts a fraction. NaN is as expected where NaN is, an infinity where the same is.
void compare_fractions(double actual, double expected, const Tolerance& tolerance, Comparison* comparison);

// Counts `count` elements; `expected` need not be aligned. NotSupported for a type whose elements are no numbers.
executorch::runtime::Error compare_elements(executorch::aten::ScalarType type, const void* actual, const void* expected,
                                            size_t count, const Tolerance& tolerance, Comparison* comparison);

}  // namespace etbuild
