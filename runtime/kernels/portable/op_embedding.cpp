// embedding.out(Tensor weight, Tensor indices, SymInt padding_idx, bool scale_grad_by_freq, bool sparse, *,
// Tensor(a!) out): the rows of weight that indices name. What concerns gradients changes nothing.
#include <cinttypes>

#include "convert.h"
#include "expect.h"
#include "shapes.h"

namespace etbuild::kernels {
namespace {

bool shape_result(const Tensor& weight, const Tensor& indices, Shape& shape) {
  const auto rank = static_cast<size_t>(indices.dim());
  if (weight.dim() != 2 || rank >= kMaxRank) return false;
  for (size_t dim = 0; dim < rank; ++dim) shape.sizes[dim] = indices.sizes()[dim];
  shape.sizes[rank] = weight.sizes()[1];
  shape.rank = rank + 1;
  return true;
}

int64_t index_at(const Tensor& indices, int64_t at) {
  if (indices.scalar_type() == ScalarType::Long) return indices.const_data_ptr<int64_t>()[at];
  return indices.const_data_ptr<int32_t>()[at];
}

}  // namespace

void embedding_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "ttibbt")) return;
  const Tensor& weight = tensor(arguments, 0);
  const Tensor& indices = tensor(arguments, 1);
  Tensor& out = tensor(arguments, 5);
  Shape shape;
  if (!expect(context, shape_result(weight, indices, shape), "weight must be of two dimensions")) return;
  const ScalarType type = indices.scalar_type();
  const bool are_indices = type == ScalarType::Long || type == ScalarType::Int;
  if (!expect(context, are_indices, "indices must be int64 or int32")) return;
  if (!expect_dtype(context, weight.scalar_type(), &out) || !resize(context, out, shape.view())) return;
  const bool contiguous = is_contiguous(weight) && is_contiguous(indices) && is_contiguous(out);
  if (!expect(context, contiguous, "tensors must be contiguous")) return;
  const size_t size = weight.element_size();
  const auto bytes = static_cast<size_t>(weight.size(1)) * size;
  const auto* from = static_cast<const char*>(weight.const_data_ptr());
  auto* to = static_cast<char*>(out.mutable_data_ptr());
  for (int64_t at = 0; at < indices.numel(); ++at) {
    const int64_t index = index_at(indices, at);
    if (index < 0 || index >= weight.size(0)) {
      ET_LOG(Error, "An index must be within [0, %zd), is %" PRId64, ssize_t(weight.size(0)), index);
      context.fail(Error::InvalidArgument);
      return;
    }
    copy_elements(size, from + static_cast<size_t>(index) * bytes, 1, to + static_cast<size_t>(at) * bytes, 1,
                  weight.size(1));
  }
}

}  // namespace etbuild::kernels
