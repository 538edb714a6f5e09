// gguf::embedding.out(Tensor weight, Tensor indices, int type, *, Tensor(a!) out): rows of weights as floats, by their
// indices. The weights are blocks as they are in a GGUF file (block_table.h).
#include <cinttypes>

#include "block_table.h"
#include "expect.h"
#include "shapes.h"

namespace etbuild::kernels::gguf {
namespace {

int64_t index_at(const Tensor& indices, ssize_t at) {
  if (indices.scalar_type() == ScalarType::Long) return indices.const_data_ptr<int64_t>()[at];
  return indices.const_data_ptr<int32_t>()[at];
}

}  // namespace

void embedding_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "ttit")) return;
  const Tensor& indices = tensor(arguments, 1);
  Tensor& out = tensor(arguments, 3);
  BlockTable table;
  if (!read_table(context, tensor(arguments, 0), integer(arguments, 2), table)) return;
  const ScalarType type = indices.scalar_type();
  const bool are_indices = (type == ScalarType::Long || type == ScalarType::Int) && is_contiguous(indices);
  if (!expect(context, are_indices, "indices must be contiguous int64 or int32")) return;
  Shape shape;
  for (ssize_t dim = 0; dim < indices.dim(); ++dim) shape.add(indices.size(dim));
  shape.add(table.width);
  if (!resize(context, out, shape.view())) return;
  if (!expect(context, out.scalar_type() == ScalarType::Float && is_contiguous(out), "out must be contiguous float32"))
    return;
  auto* to = out.mutable_data_ptr<float>();
  for (ssize_t at = 0; at < indices.numel(); ++at, to += table.width) {
    const int64_t index = index_at(indices, at);
    if (index < 0 || index >= table.rows) {
      ET_LOG(Error, "an index must be below %" PRId64 ", is %" PRId64, table.rows, index);
      return context.fail(Error::InvalidArgument);
    }
    math::read_blocks(table.format, table.data + index * table.row_bytes, to, static_cast<ptrdiff_t>(table.width));
  }
}

}  // namespace etbuild::kernels::gguf
