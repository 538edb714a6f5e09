// Single elements of a dtype that is known only when it runs: as doubles, so that arithmetic in every dtype is one
// code.
//
// A float operation is the double's, rounded: 53 bits are more than twice a float's 24, so it is rounded once in
// effect.

#pragma once

#include <executorch/runtime/core/exec_aten/exec_aten.h>

#include <cmath>
#include <cstdint>

#include "rounding.h"

namespace etbuild::kernels::quantized_decomposed {

using executorch::aten::ScalarType;

// The element at `index`. Of whole, floating and 16-bit unsigned dtypes; 0 for others.
double read(ScalarType type, const void* data, int64_t index);

// Writes an element. To whole dtypes: the nearest that they hold; NaN as x86 converts it: the lowest int, cut.
void write(ScalarType type, void* data, int64_t index, double value);

// What is left of a value in a dtype: for whole ones, nothing changes.
double rounded(ScalarType type, double value);

// Whether it is one of those that tensors are quantized to: whole ones up to 32 bits.
bool is_quantized(ScalarType type);

// Whether it is Float, Double, Half or BFloat16.
bool is_real(ScalarType type);

// The lowest and the highest that a quantized dtype holds.
double lowest(ScalarType type);
double highest(ScalarType type);

}  // namespace etbuild::kernels::quantized_decomposed
