// Rows that only move elements, whatever they mean: one for each size of them.

#pragma once

#include "elementwise.h"

namespace etbuild::kernels {

// Of one operand: its elements.
Row copy_row(ScalarType type);

// Of a condition, which is read as bools, and two operands: elements of the first where it holds, else of the second.
Row where_row(ScalarType type);

}  // namespace etbuild::kernels
