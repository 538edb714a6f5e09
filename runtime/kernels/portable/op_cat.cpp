// cat.out(Tensor[] tensors, int dim=0, *, Tensor(a!) out): tensors one after another along a dimension. They are
// promoted to a common dtype; those of sizes [0] are left out.
#include "joining.h"
#include "strided_copy.h"

namespace etbuild::kernels {
namespace {

bool is_left_out(const Tensor& tensor) { return tensor.dim() == 1 && tensor.numel() == 0; }

bool refuse_sizes(KernelRuntimeContext& context) {
  ET_LOG(Error, "Tensors are joined that differ in another dimension, or have none");
  return refuse(context, Error::InvalidArgument);
}

// The sizes of the result, added to a shape without any; `dim` is counted from the front.
bool join(KernelRuntimeContext& context, ArrayRef<Tensor> parts, int64_t& dim, Shape& shape) {
  const Tensor* first = nullptr;
  for (const Tensor& part : parts) {
    if (first == nullptr && !is_left_out(part)) first = &part;
  }
  for (const int32_t size : (first == nullptr ? parts[0] : *first).sizes()) shape.add(size);
  if (first == nullptr) return true;  // All are of sizes [0].
  if (!wrap_index(context, dim, first->dim())) return false;
  int64_t total = 0;
  for (const Tensor& part : parts) {
    if (is_left_out(part)) continue;
    if (part.dim() != first->dim()) return refuse_sizes(context);
    shape.sizes[dim] = part.sizes()[static_cast<size_t>(dim)];
    total += shape.sizes[dim];
    if (!same(part.sizes(), shape.view())) return refuse_sizes(context);
  }
  shape.sizes[dim] = total <= INT32_MAX ? static_cast<int32_t>(total) : -1;
  return true;
}

}  // namespace

void cat_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "Tit")) return;
  const auto parts = tensors(arguments, 0);
  Tensor& out = tensor(arguments, 2);
  int64_t dim = integer(arguments, 1);
  Shape shape;
  if (!can_join(context, parts, out) || !join(context, parts, dim, shape)) return;
  if (!resize(context, out, shape.view())) return;
  ptrdiff_t offset = 0;
  for (const Tensor& part : parts) {
    if (part.numel() == 0) continue;
    if (!copy_into(context, part, out, offset)) return;
    offset += static_cast<ptrdiff_t>(size_at(part, dim)) * stride_at(out, dim);
  }
}

}  // namespace etbuild::kernels
