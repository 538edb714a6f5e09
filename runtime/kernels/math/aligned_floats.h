// Scratch memory as floats that whole vectors read. Private to this folder.

#pragma once

#include <cstddef>
#include <cstdint>

#include "parallel.h"

namespace etbuild::kernels::math {

// From the first address that is a multiple of 64; none where the scratch does not reach there.
struct AlignedFloats {
  explicit AlignedFloats(Scratch scratch) {
    const size_t misaligned = (64 - reinterpret_cast<uintptr_t>(scratch.data) % 64) % 64;
    if (scratch.data == nullptr || scratch.size < misaligned) return;
    data = reinterpret_cast<float*>(static_cast<char*>(scratch.data) + misaligned);
    count = static_cast<ptrdiff_t>((scratch.size - misaligned) / sizeof(float));
  }
  float* data = nullptr;
  ptrdiff_t count = 0;
};

inline ptrdiff_t rounded_up(ptrdiff_t number, ptrdiff_t unit) { return (number + unit - 1) / unit * unit; }

}  // namespace etbuild::kernels::math
