// The body of multiply_block and multiply_dots: included once for each level, behind its lanes.
// kTileRows x kTileVectors sums stay in registers.

// NOLINTBEGIN(misc-definitions-in-headers): no header, but for its name.

namespace etbuild::kernels::math::SIMD {
namespace {

constexpr int kTileColumns = kTileVectors * kLanes;
constexpr ptrdiff_t kDotColumns = kHasLargeStack ? 64 : 32;

// Vectors of a tile for what is left of the columns: half as many; where size counts, only if that is another panel.
#ifdef __OPTIMIZE_SIZE__
constexpr ptrdiff_t kDotRows = 1;
constexpr int kNarrow = kTileColumns > kPanel ? kTileVectors / 2 : kTileVectors;
#else
constexpr ptrdiff_t kDotRows = 4;
constexpr int kNarrow = kTileVectors > 1 ? kTileVectors / 2 : 1;
#endif

// Sums of a tile: rows of kTileColumns.
struct Tile {
  alignas(64) float at[kTileRows][kTileColumns];
};

struct DotTile {
  alignas(64) float at[kDotRows][kDotColumns];
};

inline Lanes added_of(const Epilogue& epilogue, const float* added, ptrdiff_t column, ptrdiff_t count) {
  const ptrdiff_t stride = epilogue.added.column_stride;
  if (stride == 1) return load_up_to(added + column, count);
  if (stride == 0) return splat(*added);
  Lanes lanes = {};
  for (int lane = 0; lane < kLanes && lane < count; ++lane) lanes[lane] = added[(column + lane) * stride];
  return lanes;
}

// Does with the sums what follows the product, and writes them out.
template <typename AnyTile>
void finish(AnyTile& tile, const Epilogue& epilogue, ptrdiff_t row, ptrdiff_t column, ptrdiff_t rows,
            ptrdiff_t columns) {
  const float* added = epilogue.added.data;
  if (added != nullptr) added += row * epilogue.added.row_stride + column * epilogue.added.column_stride;
  float* out = epilogue.out + row * epilogue.out_row + column * epilogue.out_column;
  const Lanes alpha = splat(epilogue.alpha);
  const Lanes beta = splat(epilogue.beta);
  for (ptrdiff_t r = 0; r < rows; ++r) {
    for (ptrdiff_t c = 0; c < columns; c += kLanes) {
      Lanes lanes = load(&tile.at[r][c]) * alpha;
      if (added != nullptr) lanes = lanes + added_of(epilogue, added, c, columns - c) * beta;
      lanes = clamp(lanes, epilogue.lowest, epilogue.highest);
      if (epilogue.out_column == 1) {
        store_up_to(out + r * epilogue.out_row + c, lanes, columns - c);
      } else {
        store(&tile.at[r][c], lanes);
      }
    }
    if (added != nullptr) added += epilogue.added.row_stride;
  }
  if (epilogue.out_column == 1) return;
  for (ptrdiff_t c = 0; c < columns; ++c) {
    for (ptrdiff_t r = 0; r < rows; ++r) out[r * epilogue.out_row + c * epilogue.out_column] = tile.at[r][c];
  }
}

// Keeps the sums in out, for the depths that follow; and fetches them.
void keep(const Tile& tile, const Epilogue& epilogue, ptrdiff_t row, ptrdiff_t column, ptrdiff_t rows,
          ptrdiff_t columns) {
  float* out = epilogue.out + row * epilogue.out_row + column * epilogue.out_column;
  for (ptrdiff_t r = 0; r < rows; ++r) {
    for (ptrdiff_t c = 0; c < columns; ++c) out[r * epilogue.out_row + c * epilogue.out_column] = tile.at[r][c];
  }
}

void fetch(Tile& tile, const Epilogue& epilogue, ptrdiff_t row, ptrdiff_t column, ptrdiff_t rows, ptrdiff_t columns) {
  const float* out = epilogue.out + row * epilogue.out_row + column * epilogue.out_column;
  for (ptrdiff_t r = 0; r < rows; ++r) {
    for (ptrdiff_t c = 0; c < columns; ++c) tile.at[r][c] = out[r * epilogue.out_row + c * epilogue.out_column];
  }
}

// tile += a x b for kRows rows and kVectors vectors of columns.
template <int kRows, int kVectors>
void multiply(const Block& block, const float* a, const float* b, bool from_tile, Tile& tile) {
  Lanes sums[kRows][kVectors];
  UNROLLED
  for (int r = 0; r < kRows; ++r) {
    UNROLLED
    for (int v = 0; v < kVectors; ++v) sums[r][v] = from_tile ? load(&tile.at[r][v * kLanes]) : Lanes{};
  }
  // Three rows a pointer: x86 addresses base, base + stride and base + 2 strides.
  constexpr int kPointers = (kRows + 2) / 3;
  const float* rows[kPointers];
  UNROLLED
  for (int p = 0; p < kPointers; ++p) rows[p] = a + p * 3 * block.a_row;
  const float* panels[(kTileColumns + kPanel - 1) / kPanel];
  UNROLLED
  for (int p = 0; p * kPanel < kVectors * kLanes; ++p) panels[p] = b + p * block.b_panel;
  const ptrdiff_t a_row = block.a_row;
  const ptrdiff_t a_step = block.a_step;
  const ptrdiff_t b_step = block.b_step;
  for (ptrdiff_t k = block.depth; k > 0; --k) {
    Lanes columns[kVectors];
    UNROLLED
    for (int v = 0; v < kVectors; ++v) columns[v] = load(panels[v * kLanes / kPanel] + v * kLanes % kPanel);
    UNROLLED
    for (int r = 0; r < kRows; ++r) {
#ifdef PRODUCTS_BY_MVE
      const float row = rows[r / 3][r % 3 * a_row];
#else
      const Lanes row = splat(rows[r / 3][r % 3 * a_row]);
#endif
      UNROLLED
      for (int v = 0; v < kVectors; ++v) sums[r][v] = multiply_add(row, columns[v], sums[r][v]);
    }
    UNROLLED
    for (int p = 0; p < kPointers; ++p) rows[p] += a_step;
    UNROLLED
    for (int p = 0; p * kPanel < kVectors * kLanes; ++p) panels[p] += b_step;
  }
  UNROLLED
  for (int r = 0; r < kRows; ++r) {
    UNROLLED
    for (int v = 0; v < kVectors; ++v) store(&tile.at[r][v * kLanes], sums[r][v]);
  }
}

using MultiplyFn = void (*)(const Block& block, const float* a, const float* b, bool from_tile, Tile& tile);

#ifdef __OPTIMIZE_SIZE__

// Where size counts, there are whole tiles and single rows.
inline ptrdiff_t rows_of_step(ptrdiff_t left) { return left >= kTileRows ? kTileRows : 1; }

inline MultiplyFn choose(ptrdiff_t rows, bool is_narrow) {
  if (is_narrow) return rows == 1 ? multiply<1, kNarrow> : multiply<kTileRows, kNarrow>;
  return rows == 1 ? multiply<1, kTileVectors> : multiply<kTileRows, kTileVectors>;
}

#else

// As even as can be: 16 rows are 8 and 8, not 14 and 2.
inline ptrdiff_t rows_of_step(ptrdiff_t left) {
  const ptrdiff_t steps = (left + kTileRows - 1) / kTileRows;
  return (left + steps - 1) / steps;
}

template <int kVectors, int... kRows>
inline MultiplyFn choose_of(ptrdiff_t rows, std::integer_sequence<int, kRows...>) {
  static constexpr MultiplyFn kFunctions[] = {multiply<kRows + 1, kVectors>...};
  return kFunctions[rows - 1];
}

inline MultiplyFn choose(ptrdiff_t rows, bool is_narrow) {
  constexpr auto kRows = std::make_integer_sequence<int, kTileRows>();
  return is_narrow ? choose_of<kNarrow>(rows, kRows) : choose_of<kTileVectors>(rows, kRows);
}

#endif

// The sums of kRows x kColumns dot products, of columns that are `distance` apart: each is a stream of its own that
// goes on with the next column, which the CPU sees and reads ahead. With one row or two, each is two vectors of sums,
// so that additions need not wait for each other, and b, which comes from far, is asked for early.
template <int kRows, int kColumns>
inline void dot(const Dots& dots, ptrdiff_t row, ptrdiff_t column, ptrdiff_t distance, DotTile& tile,
                ptrdiff_t tile_column) {
  constexpr int kParts = kRows <= 2 ? 2 : 1;
  const float* a = dots.a + row * dots.a_row;
  const float* b = dots.b + column * dots.b_column;
  const ptrdiff_t stream = distance * dots.b_column;
  Lanes sums[kParts][kRows][kColumns] = {};
  ptrdiff_t k = 0;
  for (; k + kParts * kLanes <= dots.depth; k += kParts * kLanes) {
    UNROLLED
    for (int part = 0; part < kParts; ++part) {
      Lanes rows[kRows];
      UNROLLED
      for (int r = 0; r < kRows; ++r) rows[r] = load(a + r * dots.a_row + k + part * kLanes);
      UNROLLED
      for (int c = 0; c < kColumns; ++c) {
        const float* from = b + c * stream + k + part * kLanes;
        if (kRows <= 2 && part * kLanes % 16 == 0) __builtin_prefetch(from + dots.b_column);
        const Lanes lanes = load(from);
        UNROLLED
        for (int r = 0; r < kRows; ++r) sums[part][r][c] = multiply_add(rows[r], lanes, sums[part][r][c]);
      }
    }
  }
  for (; k < dots.depth; k += kLanes) {
    UNROLLED
    for (int c = 0; c < kColumns; ++c) {
      const Lanes lanes = load_up_to(b + c * stream + k, dots.depth - k);
      UNROLLED
      for (int r = 0; r < kRows; ++r) {
        sums[0][r][c] = multiply_add(load_up_to(a + r * dots.a_row + k, dots.depth - k), lanes, sums[0][r][c]);
      }
    }
  }
  UNROLLED
  for (int r = 0; r < kRows; ++r) {
    UNROLLED
    for (int c = 0; c < kColumns; ++c) {
      tile.at[r][tile_column + c * distance] =
          sum_of(kParts == 1 ? sums[0][r][c] : sums[0][r][c] + sums[kParts - 1][r][c]);
    }
  }
}

// As many columns at once as fill the registers with sums.
template <int kRows>
inline void dot_rows(const Dots& dots, const Epilogue& epilogue, ptrdiff_t row, ptrdiff_t column) {
  constexpr int kRoom = (kRegisters - 6) / ((kRows <= 2 ? 2 : 1) * kRows);
  constexpr int kColumns = kRoom >= 4 ? 4 : kRoom >= 2 ? 2 : 1;
  const ptrdiff_t count = dots.columns - column < kDotColumns ? dots.columns - column : kDotColumns;
  DotTile tile;
  const ptrdiff_t distance = count / kColumns;
  for (ptrdiff_t c = 0; c < distance; ++c) dot<kRows, kColumns>(dots, row, column + c, distance, tile, c);
  for (ptrdiff_t c = distance * kColumns; c < count; ++c) dot<kRows, 1>(dots, row, column + c, 0, tile, c);
  finish(tile, epilogue, row, column, kRows, count);
}

}  // namespace

ptrdiff_t tile_rows() { return kTileRows; }

ptrdiff_t tile_columns() { return kTileColumns; }

void multiply_block(const Block& block, const Epilogue& epilogue) {
  if (block.rows <= 0) return;
  Tile tile;
  for (ptrdiff_t row = 0, rows = 0; row < block.rows; row += rows) {
    rows = rows_of_step(block.rows - row);
    const float* a = block.a + row * block.a_row;
    const MultiplyFn wide = choose(rows, false);
    const MultiplyFn narrow = choose(rows, true);
    for (ptrdiff_t column = 0; column < block.columns;) {
      const ptrdiff_t left = block.columns - column;
      const ptrdiff_t width = left > kNarrow * kLanes ? kTileColumns : kNarrow * kLanes;
      const ptrdiff_t columns = left < width ? left : width;
      if (!block.is_first) fetch(tile, epilogue, row, column, rows, columns);
      const float* b = block.b + column / kPanel * block.b_panel + column % kPanel;
      (width == kTileColumns ? wide : narrow)(block, a, b, !block.is_first, tile);
      if (block.is_last) {
        finish(tile, epilogue, row, column, rows, columns);
      } else {
        keep(tile, epilogue, row, column, rows, columns);
      }
      column += width;
    }
  }
}

void multiply_dots(const Dots& dots, const Epilogue& epilogue) {
  for (ptrdiff_t column = 0; column < dots.columns; column += kDotColumns) {
    ptrdiff_t row = 0;
    for (; row + kDotRows <= dots.rows; row += kDotRows) dot_rows<kDotRows>(dots, epilogue, row, column);
    if constexpr (kDotRows > 1) {
      const ptrdiff_t rest = dots.rows - row;
      if (rest == 3) dot_rows<3>(dots, epilogue, row, column);
      if (rest == 2) dot_rows<2>(dots, epilogue, row, column);
      if (rest == 1) dot_rows<1>(dots, epilogue, row, column);
    }
  }
}

}  // namespace etbuild::kernels::math::SIMD

// NOLINTEND(misc-definitions-in-headers)
