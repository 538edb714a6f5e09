// Doubles by their bits: what would take several calls of a library on a processor without doubles takes a few
// instructions so.

#pragma once

#include <cstdint>

namespace executorch::runtime::prim_ops {

// As a cast, for which processors with doubles need a library nevertheless.
double to_double(int64_t value);

// The int part; the lowest int if there is none, as x86-64 has it.
int64_t truncated(double value);

// To the next int in the direction of +inf, or to the nearest, the even one of two. The lowest int if there is none.
int64_t rounded(double value, bool up);

// As Python's //, but that a division by 0 is infinite: with a's sign.
double floor_divided(double a, double b);

}  // namespace executorch::runtime::prim_ops
