// Products with what every CPU of its kind has.

#include "levels.h"

#if ET_KERNELS_SIMD >= 1

#include <utility>

#include "gemm_block.h"
#if defined(__ARM_FEATURE_MVE) && __ARM_FEATURE_MVE >= 2
#define PRODUCTS_BY_MVE
#include "lanes_mve.h"
#else
#include "lanes_baseline.h"
#endif

namespace etbuild::kernels::math::SIMD {
namespace {

#if defined(__aarch64__)
constexpr int kTileRows = 5;  // 20 sums, 4 vectors of b and what a is read by in 32 registers.
constexpr int kTileVectors = 4;
#elif defined(__riscv_v)
constexpr int kTileRows = 6;  // 24 sums and 4 vectors of b in 32 registers; a is read as numbers.
constexpr int kTileVectors = 4;
#elif defined(PRODUCTS_BY_MVE)
constexpr int kTileRows = 3;  // 6 sums and 2 vectors of b in 8 registers; a is read as numbers.
constexpr int kTileVectors = 2;
#elif defined(__arm__)
constexpr int kTileRows = 4;
constexpr int kTileVectors = 2;
#else
constexpr int kTileRows = 4;
constexpr int kTileVectors = 2;
#endif

}  // namespace
}  // namespace etbuild::kernels::math::SIMD

#include "gemm_body.h"
#include "lanes_end.h"

#endif
