#include "shapes.h"

#include <executorch/runtime/core/exec_aten/util/tensor_util.h>
#include <executorch/runtime/platform/log.h>

#include <cinttypes>

namespace etbuild::kernels {

Shape shape_of(Arguments arguments, size_t index) {
  Shape shape;
  for (const int64_t size : integers(arguments, index)) shape.add(size);
  return shape;
}

bool resize(KernelRuntimeContext& context, Tensor& out, ArrayRef<int32_t> sizes) {
  if (same(out.sizes(), sizes)) return true;
  bool possible = true;
  for (const int32_t size : sizes) possible = possible && size >= 0;
  if (possible && executorch::runtime::resize_tensor(out, sizes) == Error::Ok) return true;
  ET_LOG(Error, "An output cannot have the sizes of its result, of %zu dimensions", sizes.size());
  return refuse(context, Error::InvalidArgument);
}

bool broadcast(Shape& shape, ArrayRef<int32_t> sizes) {
  if (sizes.size() > kMaxRank) return false;
  while (shape.rank < sizes.size()) {  // One more in front.
    for (size_t dim = shape.rank; dim > 0; --dim) shape.sizes[dim] = shape.sizes[dim - 1];
    shape.sizes[0] = 1;
    ++shape.rank;
  }
  int32_t* const last = shape.sizes + (shape.rank - sizes.size());
  for (size_t dim = 0; dim < sizes.size(); ++dim) {
    if (last[dim] == sizes[dim] || sizes[dim] == 1) continue;
    if (last[dim] != 1) return false;
    last[dim] = sizes[dim];
  }
  return true;
}

bool is_contiguous(const Tensor& tensor) {
  if (tensor.numel() == 0) return true;
  int64_t stride = 1;
  for (ssize_t dim = tensor.dim() - 1; dim >= 0; --dim) {
    if (tensor.size(dim) != 1 && tensor.strides()[static_cast<size_t>(dim)] != stride) return false;
    stride *= tensor.size(dim);
  }
  return true;
}

bool wrap_dimension(KernelRuntimeContext& context, int64_t& dimension, size_t rank) {
  return wrap_index(context, dimension, static_cast<int64_t>(rank == 0 ? 1 : rank));
}

bool wrap_index(KernelRuntimeContext& context, int64_t& index, int64_t size) {
  if (index >= -size && index < size) {
    if (index < 0) index += size;
    return true;
  }
  ET_LOG(Error, "A dimension or index must be within [%" PRId64 ", %" PRId64 "), is %" PRId64, -size, size, index);
  return refuse(context, Error::InvalidArgument);
}

}  // namespace etbuild::kernels
