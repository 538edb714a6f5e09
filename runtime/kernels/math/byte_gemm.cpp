#include "byte_gemm.h"

#include "byte_gemm_levels.h"
#include "levels.h"

namespace etbuild::kernels::math {
namespace {

constexpr ptrdiff_t kUnitRows = 32;
constexpr ptrdiff_t kUnitColumns = 64;

void multiply_units(void* state, ptrdiff_t begin, ptrdiff_t end, int) {
  const ByteGemm& gemm = *static_cast<const ByteGemm*>(state);
  const ptrdiff_t wide = (gemm.columns + kUnitColumns - 1) / kUnitColumns;
  auto multiply = baseline::multiply_byte_block;
#if ET_KERNELS_X86_LEVELS
  if (level() >= Level::kAvx2) multiply = avx2::multiply_byte_block;
  if (level() == Level::kAvx512 && __builtin_cpu_supports("avx512vnni")) multiply = avx512::multiply_byte_block;
#endif
  for (ptrdiff_t unit = begin; unit < end; ++unit) {
    const ptrdiff_t row = unit / wide * kUnitRows;
    const ptrdiff_t column = unit % wide * kUnitColumns;
    const ptrdiff_t rows = gemm.rows - row;
    const ptrdiff_t columns = gemm.columns - column;
    multiply(gemm, {row, rows < kUnitRows ? rows : kUnitRows, column, columns < kUnitColumns ? columns : kUnitColumns});
  }
}

}  // namespace

void multiply_bytes(const ByteGemm& gemm, const Parallel& parallel) {
  ByteGemm copy = gemm;
  const ptrdiff_t high = (gemm.rows + kUnitRows - 1) / kUnitRows;
  parallel(high * ((gemm.columns + kUnitColumns - 1) / kUnitColumns), multiply_units, &copy);
}

}  // namespace etbuild::kernels::math
