#include "op_update_cache.h"

#include <executorch/runtime/core/exec_aten/util/tensor_util.h>

#include <cinttypes>
#include <cstring>

#include "arguments.h"

namespace etbuild::kernels::llama {
namespace {

bool fits(const Tensor& value, const Tensor& cache, int64_t start_pos) {
  ET_CHECK_OR_RETURN_FALSE(value.dim() == 4 && cache.dim() == 4, "value and cache must be [B, S, H, D]");
  ET_CHECK_OR_RETURN_FALSE(value.scalar_type() == cache.scalar_type(), "value and cache must have one dtype");
  for (int dim : {0, 2, 3}) {
    ET_CHECK_OR_RETURN_FALSE(value.size(dim) == cache.size(dim), "dimension %d must be the cache's %zd, is %zd", dim,
                             ssize_t(cache.size(dim)), ssize_t(value.size(dim)));
  }
  ET_CHECK_OR_RETURN_FALSE(executorch::runtime::tensor_is_default_dim_order(value) &&
                               executorch::runtime::tensor_is_default_dim_order(cache),
                           "value and cache must be contiguous");
  // Subtract, do not add: start_pos comes from a program's input and may be anything.
  ET_CHECK_OR_RETURN_FALSE(start_pos >= 0 && start_pos <= cache.size(1) - value.size(1),
                           "%zd positions from %" PRId64 " must be below the cache's length %zd",
                           ssize_t(value.size(1)), start_pos, ssize_t(cache.size(1)));
  return true;
}

}  // namespace

Tensor& update_cache_out(KernelRuntimeContext& context, const Tensor& value, Tensor& cache, int64_t start_pos,
                         Tensor& out) {
  ET_KERNEL_CHECK(context, fits(value, cache, start_pos), InvalidArgument, out);
  if (value.numel() == 0) return out;
  const auto batches = static_cast<size_t>(value.size(0));
  const size_t written = value.nbytes() / batches;
  const size_t stride = cache.nbytes() / batches;
  const size_t offset = static_cast<size_t>(start_pos) * (stride / static_cast<size_t>(cache.size(1)));
  const char* from = static_cast<const char*>(value.const_data_ptr());
  char* to = static_cast<char*>(cache.mutable_data_ptr()) + offset;
  for (size_t batch = 0; batch < batches; ++batch) memcpy(to + batch * stride, from + batch * written, written);
  return out;
}

void update_cache_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "ttit")) return;
  update_cache_out(context, tensor(arguments, 0), tensor(arguments, 1), integer(arguments, 2), tensor(arguments, 3));
}

}  // namespace etbuild::kernels::llama
