// Products with 512-bit vectors; chosen at run time, as not every x86-64 has them.

#include "levels.h"

#if ET_KERNELS_X86_LEVELS

#include <utility>

#include "gemm_block.h"
#include "lanes_avx512.h"

namespace etbuild::kernels::math::SIMD {
namespace {

constexpr int kTileRows = 14;
constexpr int kTileVectors = 2;

}  // namespace
}  // namespace etbuild::kernels::math::SIMD

#include "gemm_body.h"
#include "lanes_end.h"

#endif
