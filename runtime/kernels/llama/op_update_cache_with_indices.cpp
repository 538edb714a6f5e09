// update_cache_with_indices.out(Tensor value, Tensor(a!) cache, SymInt start_pos, Tensor indices, *, Tensor(b!) out):
// copies value[B, S, H, D] to cache[B, L, H, D], position s of batch b to indices[b, s] (Long, below L); of two with
// one index, the later. Any dtype, contiguous. `start_pos` changes nothing; `out` stands for the cache and is not
// written.
#include <cinttypes>
#include <cstring>

#include "expect.h"
#include "shapes.h"

namespace etbuild::kernels::llama {
namespace {

bool fit(KernelRuntimeContext& context, const Tensor& value, const Tensor& cache, const Tensor& indices) {
  return expect(context,
                value.dim() == 4 && cache.dim() == 4 && value.scalar_type() == cache.scalar_type() &&
                    value.size(0) == cache.size(0) && value.size(2) == cache.size(2) &&
                    value.size(3) == cache.size(3) && is_contiguous(value) && is_contiguous(cache),
                "value and cache must be contiguous, of one dtype and, but for positions, of one size") &&
         expect(context,
                indices.dim() == 2 && indices.scalar_type() == ScalarType::Long && indices.size(0) == value.size(0) &&
                    indices.size(1) == value.size(1) && is_contiguous(indices),
                "indices must be int64, one for each batch and position of value");
}

}  // namespace

void update_cache_with_indices_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "ttitt")) return;
  const Tensor& value = tensor(arguments, 0);
  Tensor& cache = tensor(arguments, 1);
  const Tensor& indices = tensor(arguments, 3);
  if (!fit(context, value, cache, indices)) return;
  const int64_t count = indices.numel();
  const int64_t length = cache.size(1);
  const auto* index = indices.const_data_ptr<int64_t>();
  for (int64_t at = 0; at < count; ++at) {  // All before any is written.
    if (index[at] >= 0 && index[at] < length) continue;
    ET_LOG(Error, "An index must be below the cache's length %" PRId64 ", is %" PRId64, length, index[at]);
    return context.fail(Error::InvalidArgument);
  }
  if (value.numel() == 0) return;
  const size_t size = value.nbytes() / static_cast<size_t>(count);
  const auto* from = static_cast<const char*>(value.const_data_ptr());
  auto* to = static_cast<char*>(cache.mutable_data_ptr());
  for (int64_t at = 0; at < count; ++at) {
    const int64_t place = at / indices.size(1) * length + index[at];
    std::memcpy(to + static_cast<size_t>(place) * size, from + static_cast<size_t>(at) * size, size);
  }
}

}  // namespace etbuild::kernels::llama
