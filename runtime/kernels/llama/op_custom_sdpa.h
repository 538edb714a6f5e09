// llama::custom_sdpa.out: attention over a key-value cache, as `torch.ops.llama.custom_sdpa` computes it.

#pragma once

#include <executorch/runtime/core/exec_aten/exec_aten.h>
#include <executorch/runtime/kernel/kernel_runtime_context.h>

#include <optional>

namespace etbuild::kernels::llama {

// query[B, S, H, D] attends to key[B, L, KVH, D] and value[B, L, KVH, D], which are whole caches: H is a multiple of
// KVH, and query heads that follow each other share one key-value head. Contiguous; float32, which is fast, or Half or
// BFloat16 (a mask is always float32).
//
// The queries stand at the positions start_pos .. start_pos + S - 1.
//   is_causal: each looks at all positions up to its own. Needs start_pos + S <= L; no mask.
//   mask[S, L]: each looks at all L positions; the mask is added to the scores.
//   neither: each looks at the positions before start_pos + S.
// `scale` multiplies the scores [default: 1 / sqrt(D)]. `dropout` must be 0. A row that sees nothing is NaN.
//
// Uses no heap. Runs on the thread pool where one is linked (ET_USE_THREADPOOL); the result does not depend on the
// number of threads. On bad arguments it calls context.fail() and leaves `out` undefined.
executorch::aten::Tensor& custom_sdpa_out(executorch::runtime::KernelRuntimeContext& context,
                                          const executorch::aten::Tensor& query, const executorch::aten::Tensor& key,
                                          const executorch::aten::Tensor& value, int64_t start_pos,
                                          const std::optional<executorch::aten::Tensor>& mask, double dropout,
                                          bool is_causal, std::optional<double> scale, executorch::aten::Tensor& out);

}  // namespace etbuild::kernels::llama
