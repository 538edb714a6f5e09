#include "block_table.h"

#include <cinttypes>

#include "expect.h"
#include "shapes.h"

namespace etbuild::kernels::gguf {
namespace {

bool read_format(KernelRuntimeContext& context, int64_t type, math::BlockFormat& format) {
  switch (type) {
    case 2:
      format = math::BlockFormat::kQ4_0;
      return true;
    case 3:
      format = math::BlockFormat::kQ4_1;
      return true;
    case 8:
      format = math::BlockFormat::kQ8_0;
      return true;
    default:
      ET_LOG(Error, "blocks must be of type 2 (Q4_0), 3 (Q4_1) or 8 (Q8_0), are of type %" PRId64, type);
      return refuse(context, Error::NotSupported);
  }
}

}  // namespace

bool read_table(KernelRuntimeContext& context, const Tensor& weight, int64_t type, BlockTable& table) {
  if (!read_format(context, type, table.format)) return false;
  const bool is_bytes = weight.scalar_type() == ScalarType::Byte && weight.dim() == 2 && is_contiguous(weight);
  if (!expect(context, is_bytes, "blocks must be contiguous uint8[rows, bytes]")) return false;
  table.data = static_cast<const uint8_t*>(weight.const_data_ptr());
  table.rows = weight.size(0);
  table.row_bytes = weight.size(1);
  const int64_t bytes = math::block_bytes(table.format);
  table.width = table.row_bytes / bytes * math::kBlock;
  return expect(context, table.row_bytes % bytes == 0, "a row must be whole blocks");
}

}  // namespace etbuild::kernels::gguf
