#include "block_rows.h"

#include <cstring>

namespace etbuild::kernels {
namespace {

template <typename Block>
void copy(const void* const* inputs, void* out, int64_t count, const void* /*parameters*/) {
  std::memmove(out, inputs[0], static_cast<size_t>(count) * sizeof(Block));
}

template <typename Block>
void where(const void* const* inputs, void* out, int64_t count, const void* /*parameters*/) {
  const auto* condition = static_cast<const uint8_t*>(inputs[0]);
  const auto* self = static_cast<const Block*>(inputs[1]);
  const auto* other = static_cast<const Block*>(inputs[2]);
  auto* to = static_cast<Block*>(out);
  for (int64_t at = 0; at < count; ++at) {
    const Block yes = self[at];
    const Block no = other[at];
    to[at] = condition[at] != 0 ? yes : no;
  }
}

// Of rows for elements of 1, 2, 4, 8 and 16 bytes.
Row by_size(ScalarType type, const Row (&rows)[5]) {
  if (!is_known(type)) return nullptr;
  size_t log = 0;
  while ((size_t{1} << log) < size_of(type)) ++log;
  return rows[log];
}

}  // namespace

Row copy_row(ScalarType type) {
  static constexpr Row kRows[] = {copy<uint8_t>, copy<uint16_t>, copy<uint32_t>, copy<uint64_t>,
                                  copy<std::complex<double>>};
  return by_size(type, kRows);
}

Row where_row(ScalarType type) {
  static constexpr Row kRows[] = {where<uint8_t>, where<uint16_t>, where<uint32_t>, where<uint64_t>,
                                  where<std::complex<double>>};
  return by_size(type, kRows);
}

}  // namespace etbuild::kernels
