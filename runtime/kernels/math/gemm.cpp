// How a product is cut into blocks: which operand is packed, how much of it at once, and what a thread does.

#include "gemm.h"

#include "aligned_floats.h"
#include "gemm_block.h"
#include "levels.h"

namespace etbuild::kernels::math {

#if ET_KERNELS_SIMD == 0

size_t gemm_scratch(const Gemm&, int) { return 0; }

namespace {

void multiply_rows(void* state, ptrdiff_t begin, ptrdiff_t end, int) {
  const Gemm& gemm = *static_cast<const Gemm*>(state);
  const bool is_packed = gemm.packed_b != nullptr;
  for (ptrdiff_t row = begin; row < end; ++row) {
    for (ptrdiff_t column = 0; column < gemm.columns; ++column) {
      const float* a = gemm.a.data + row * gemm.a.row_stride;
      const float* b = is_packed ? gemm.packed_b + column / kPanel * gemm.depth * kPanel + column % kPanel
                                 : gemm.b.data + column * gemm.b.column_stride;
      const ptrdiff_t step = is_packed ? kPanel : gemm.b.row_stride;
      float sum = 0;
      for (ptrdiff_t k = gemm.depth; k > 0; --k, a += gemm.a.column_stride, b += step) sum += *a * *b;
      sum *= gemm.alpha;
      if (gemm.added.data != nullptr) {
        sum += gemm.beta * gemm.added.data[row * gemm.added.row_stride + column * gemm.added.column_stride];
      }
      sum = sum < gemm.lowest ? gemm.lowest : sum;
      gemm.out[row * gemm.out_row_stride + column * gemm.out_column_stride] = sum > gemm.highest ? gemm.highest : sum;
    }
  }
}

}  // namespace

void gemm(const Gemm& gemm, Scratch, const Parallel& parallel) {
  Gemm copy = gemm;
  parallel(gemm.rows, multiply_rows, &copy);
}

#else

namespace {

constexpr ptrdiff_t kDotRows = 8;           // Up to so many rows of a go through dot products.
constexpr ptrdiff_t kGroupFloats = 131072;  // Packed at once by a worker: half a typical second-level cache.
constexpr ptrdiff_t kStackFloats = !kHasLargeStack ? 128 : sizeof(void*) == 8 ? 2048 : 256;
constexpr ptrdiff_t kColumnsOfDots = 64;

ptrdiff_t least(ptrdiff_t a, ptrdiff_t b) { return a < b ? a : b; }

// A product as it is computed: perhaps its own transposed.
struct Plan {
  Gemm gemm;
  bool is_dots = false;
  bool is_packing = false;      // b is packed in groups of columns; else it is read as it lies.
  ptrdiff_t group_columns = 0;  // Columns a unit computes; whole panels.
  ptrdiff_t slices = 1;         // Units that share the columns and differ in rows.
  ptrdiff_t slice_rows = 0;
  float* scratch = nullptr;
  ptrdiff_t scratch_floats = 0;  // A worker's.
};

Gemm transposed(const Gemm& gemm) {
  Gemm other = gemm;
  other.rows = gemm.columns;
  other.columns = gemm.rows;
  other.a = {gemm.b.data, gemm.b.column_stride, gemm.b.row_stride};
  other.b = {gemm.a.data, gemm.a.column_stride, gemm.a.row_stride};
  other.added = {gemm.added.data, gemm.added.column_stride, gemm.added.row_stride};
  other.out_row_stride = gemm.out_column_stride;
  other.out_column_stride = gemm.out_row_stride;
  return other;
}

Plan plan_of(const Gemm& gemm) {
  Plan plan;
  plan.gemm = gemm;
  const bool is_along_depth = gemm.packed_b == nullptr && gemm.b.row_stride == 1;
  if (is_along_depth && gemm.a.column_stride == 1 && gemm.rows <= kDotRows) {
    plan.is_dots = true;
    return plan;
  }
  // Of two operands that must be packed, the smaller one.
  if (gemm.packed_b == nullptr && gemm.b.column_stride != 1 && gemm.rows < gemm.columns) {
    plan.gemm = transposed(gemm);
  }
  const Gemm& own = plan.gemm;
  const ptrdiff_t most_rows = FOR_THIS_CPU(tile_rows)();
  const ptrdiff_t wide = rounded_up(FOR_THIS_CPU(tile_columns)(), kPanel);
  // What few rows use only once or twice is not worth a copy.
  plan.is_packing = own.packed_b == nullptr && (own.b.column_stride != 1 || own.rows > 2 * most_rows);
  const ptrdiff_t depth = own.depth > 0 ? own.depth : 1;
  const ptrdiff_t fitting = kGroupFloats / depth / wide * wide;
  plan.group_columns = fitting > wide ? fitting : wide;
  if (plan.group_columns > own.columns) plan.group_columns = rounded_up(own.columns, kPanel);
  // Enough units for some threads, each with rows enough to be worth its packing.
  plan.slices = own.columns <= 4 * plan.group_columns ? own.rows / (8 * most_rows) : 1;
  plan.slices = plan.slices < 1 ? 1 : least(plan.slices, 16);
  plan.slice_rows = (own.rows + plan.slices - 1) / plan.slices;
  return plan;
}

ptrdiff_t floats_of_worker(const Plan& plan) {
  const ptrdiff_t columns = plan.is_packing ? plan.group_columns : plan.gemm.columns % kPanel != 0 ? kPanel : 0;
  return plan.gemm.packed_b != nullptr || plan.is_dots ? 0 : rounded_up(columns * plan.gemm.depth, 16);
}

void dot_units(void* state, ptrdiff_t begin, ptrdiff_t end, int) {
  const Gemm& gemm = static_cast<Plan*>(state)->gemm;
  for (ptrdiff_t unit = begin; unit < end; ++unit) {
    const ptrdiff_t column = unit * kColumnsOfDots;
    const Dots dots = {
        gemm.rows,         least(kColumnsOfDots, gemm.columns - column), gemm.depth,          gemm.a.data,
        gemm.a.row_stride, gemm.b.data + column * gemm.b.column_stride,  gemm.b.column_stride};
    FOR_THIS_CPU(multiply_dots)(dots, Epilogue(gemm, 0, column));
  }
}

// Columns of a unit whose b stands at `b`, for all depths or for some.
struct Columns {
  ptrdiff_t column;
  ptrdiff_t count;
  ptrdiff_t first_depth;
  ptrdiff_t depth;
  const float* b;
  ptrdiff_t panel;
  ptrdiff_t step;
};

void multiply(const Gemm& gemm, ptrdiff_t row, ptrdiff_t rows, const Columns& columns) {
  const Block block = {rows,
                       columns.count,
                       columns.depth,
                       gemm.a.data + row * gemm.a.row_stride + columns.first_depth * gemm.a.column_stride,
                       gemm.a.row_stride,
                       gemm.a.column_stride,
                       columns.b,
                       columns.panel,
                       columns.step,
                       columns.first_depth == 0,
                       columns.first_depth + columns.depth == gemm.depth};
  FOR_THIS_CPU(multiply_block)(block, Epilogue(gemm, row, columns.column));
}

// As `multiply`, with b packed a few depths at a time into what memory there is.
void multiply_in_steps(const Gemm& gemm, ptrdiff_t row, ptrdiff_t rows, ptrdiff_t column, ptrdiff_t count) {
  alignas(64) float memory[kStackFloats];
  constexpr ptrdiff_t kColumns = 2 * kPanel;
  constexpr ptrdiff_t kDepth = kStackFloats / kColumns;
  for (ptrdiff_t c = 0; c < count; c += kColumns) {
    const ptrdiff_t columns = least(kColumns, count - c);
    for (ptrdiff_t k = 0; k == 0 || k < gemm.depth; k += kDepth) {
      const ptrdiff_t depth = least(kDepth, gemm.depth - k);
      const float* from = gemm.b.data + k * gemm.b.row_stride + (column + c) * gemm.b.column_stride;
      pack_panels({from, gemm.b.row_stride, gemm.b.column_stride}, depth, columns, memory, kDepth * kPanel);
      multiply(gemm, row, rows, {column + c, columns, k, depth, memory, kDepth * kPanel, kPanel});
    }
  }
}

void block_units(void* state, ptrdiff_t begin, ptrdiff_t end, int worker) {
  const Plan& plan = *static_cast<Plan*>(state);
  const Gemm& gemm = plan.gemm;
  float* scratch = plan.scratch == nullptr ? nullptr : plan.scratch + worker * plan.scratch_floats;
  ptrdiff_t packed_group = -1;
  for (ptrdiff_t unit = begin; unit < end; ++unit) {
    const ptrdiff_t group = unit / plan.slices;
    const ptrdiff_t row = unit % plan.slices * plan.slice_rows;
    const ptrdiff_t rows = least(plan.slice_rows, gemm.rows - row);
    const ptrdiff_t column = group * plan.group_columns;
    const ptrdiff_t count = least(plan.group_columns, gemm.columns - column);
    if (gemm.packed_b != nullptr) {
      const ptrdiff_t panel = gemm.depth * kPanel;
      multiply(gemm, row, rows, {column, count, 0, gemm.depth, gemm.packed_b + column / kPanel * panel, panel, kPanel});
      continue;
    }
    // Where b lies as rows, only its last columns, which are no whole panel, are packed.
    const ptrdiff_t whole = plan.is_packing ? 0 : count / kPanel * kPanel;
    if (whole > 0) {
      multiply(gemm, row, rows, {column, whole, 0, gemm.depth, gemm.b.data + column, kPanel, gemm.b.row_stride});
    }
    if (whole == count) continue;
    if (scratch == nullptr) {
      multiply_in_steps(gemm, row, rows, column + whole, count - whole);
      continue;
    }
    const ptrdiff_t panel = gemm.depth * kPanel;
    if (packed_group != group) {
      const float* from = gemm.b.data + (column + whole) * gemm.b.column_stride;
      pack_panels({from, gemm.b.row_stride, gemm.b.column_stride}, gemm.depth, count - whole, scratch, panel);
      packed_group = group;
    }
    multiply(gemm, row, rows, {column + whole, count - whole, 0, gemm.depth, scratch, panel, kPanel});
  }
}

}  // namespace

size_t gemm_scratch(const Gemm& gemm, int workers) {
  const auto floats = static_cast<size_t>(floats_of_worker(plan_of(gemm)));
  return floats == 0 ? 0 : floats * sizeof(float) * static_cast<size_t>(workers) + 64;
}

void gemm(const Gemm& gemm, Scratch scratch, const Parallel& parallel) {
  if (gemm.rows <= 0 || gemm.columns <= 0) return;
  Plan plan = plan_of(gemm);
  if (plan.is_dots) {
    parallel((gemm.columns + kColumnsOfDots - 1) / kColumnsOfDots, dot_units, &plan);
    return;
  }
  plan.scratch_floats = floats_of_worker(plan);
  const ptrdiff_t floats = plan.scratch_floats * parallel.workers;
  const AlignedFloats aligned(scratch);
  if (floats > 0 && aligned.count >= floats) plan.scratch = aligned.data;
  const ptrdiff_t groups = (plan.gemm.columns + plan.group_columns - 1) / plan.group_columns;
  parallel(groups * plan.slices, block_units, &plan);
}

#endif

}  // namespace etbuild::kernels::math
