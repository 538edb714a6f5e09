#include "half_product.h"

#include "convert.h"
#include "gemm.h"
#include "raw_elements.h"
#include "worker_threads.h"

namespace etbuild::kernels {
namespace {

// A unit of work; a block of the inputs is converted again for each, which is little next to the product.
constexpr int64_t kRows = 64;
constexpr int64_t kColumns = 64;

int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

struct Blocks {
  explicit Blocks(const MatrixProduct& of)
      : product(of),
        type(of.out.tensor->scalar_type()),
        high((of.rows + kRows - 1) / kRows),
        wide((of.columns + kColumns - 1) / kColumns),
        rows(least(of.rows, kRows)),
        columns(least(of.columns, kColumns)) {}

  int64_t floats_of_worker() const { return (rows + columns) * product.inner + 2 * rows * columns; }

  void multiply(int64_t unit, float* memory);

  const MatrixProduct& product;
  ScalarType type;
  int64_t high, wide;     // Units.
  int64_t rows, columns;  // Of one, at most.
  float* memory = nullptr;
  bool is_known = true;  // Units only ever make it false, and all do so.

 private:
  // Writes rows of a matrix as floats, one after another.
  void load(const TensorMatrix& matrix, int64_t offset, int64_t count, int64_t length, float* to) {
    for (int64_t row = 0; row < count; ++row) {
      const char* from = element(*matrix.tensor, static_cast<ptrdiff_t>(offset + row * matrix.row_step));
      if (!convert(type, from, matrix.column_step, ScalarType::Float, to + row * length, length)) is_known = false;
    }
  }
};

void Blocks::multiply(int64_t unit, float* floats) {
  const int64_t batch = unit / (high * wide);
  const int64_t row = unit / wide % high * kRows;
  const int64_t column = unit % wide * kColumns;
  const int64_t own_rows = least(kRows, product.rows - row);
  const int64_t own_columns = least(kColumns, product.columns - column);
  const auto offset = [&](const TensorMatrix& matrix, int64_t at_row, int64_t at_column) {
    return batch * matrix.batch_step + at_row * matrix.row_step + at_column * matrix.column_step;
  };
  float* const left = floats;
  float* const right = left + rows * product.inner;
  float* const added = right + columns * product.inner;
  float* const out = added + rows * columns;
  load(product.left, offset(product.left, row, 0), own_rows, product.inner, left);

  // As it lies: its rows, or, as weights of a linear, its columns.
  const bool is_along_depth = product.right.row_step == 1 && product.right.column_step != 1;
  TensorMatrix from = product.right;
  if (is_along_depth) from = {from.tensor, from.column_step, from.row_step};
  load(from, offset(product.right, 0, column), is_along_depth ? own_columns : product.inner,
       is_along_depth ? product.inner : own_columns, right);

  math::Gemm gemm;
  gemm.rows = static_cast<ptrdiff_t>(own_rows);
  gemm.columns = static_cast<ptrdiff_t>(own_columns);
  gemm.depth = static_cast<ptrdiff_t>(product.inner);
  gemm.a = {left, gemm.depth, 1};
  gemm.b = is_along_depth ? math::Matrix{right, 1, gemm.depth} : math::Matrix{right, gemm.columns, 1};
  gemm.alpha = product.alpha.as<float>();
  gemm.beta = product.beta.as<float>();
  if (product.addend.tensor != nullptr && gemm.beta != 0.0F) {
    load(product.addend, offset(product.addend, row, column), own_rows, own_columns, added);
    gemm.added = {added, gemm.columns, 1};
  }
  gemm.out = out;
  gemm.out_row_stride = gemm.columns;
  math::gemm(gemm);
  for (int64_t at = 0; at < own_rows; ++at) {
    char* to = mutable_element(*product.out.tensor, static_cast<ptrdiff_t>(offset(product.out, row + at, column)));
    if (!convert(ScalarType::Float, out + at * own_columns, 1, type, to, own_columns)) is_known = false;
  }
}

void units(void* state, ptrdiff_t begin, ptrdiff_t end, int worker) {
  Blocks& blocks = *static_cast<Blocks*>(state);
  float* const memory = blocks.memory + worker * blocks.floats_of_worker();
  for (ptrdiff_t unit = begin; unit < end; ++unit) blocks.multiply(unit, memory);
}

}  // namespace

bool multiply_halves(KernelRuntimeContext& context, const MatrixProduct& product) {
  if (product.out.column_step != 1 && product.columns > 1) return false;
  Blocks blocks(product);
  const math::Parallel threads = worker_threads();
  const size_t size = sizeof(float) * static_cast<size_t>(blocks.floats_of_worker() * threads.workers);
  if (size == 0) return true;  // No elements.
  const auto memory = context.allocate_temp(size, 64);
  if (!memory.ok()) return false;
  blocks.memory = static_cast<float*>(*memory);
  threads(static_cast<ptrdiff_t>(product.batches * blocks.high * blocks.wide), units, &blocks);
  return blocks.is_known;
}

}  // namespace etbuild::kernels
