// llama::update_cache.out: writes keys or values into a cache, as `torch.ops.llama.update_cache` does.

#pragma once

#include <executorch/runtime/core/exec_aten/exec_aten.h>
#include <executorch/runtime/kernel/kernel_runtime_context.h>

namespace etbuild::kernels::llama {

// Copies value[B, S, H, D] to cache[B, L, H, D] at the positions start_pos .. start_pos + S - 1, which must be below L.
// Any dtype, the same in both; contiguous. `out` stands for the cache in the graph and is not written.
// On bad arguments it calls context.fail() and leaves the cache as it was.
executorch::aten::Tensor& update_cache_out(executorch::runtime::KernelRuntimeContext& context,
                                           const executorch::aten::Tensor& value, executorch::aten::Tensor& cache,
                                           int64_t start_pos, executorch::aten::Tensor& out);

}  // namespace etbuild::kernels::llama
