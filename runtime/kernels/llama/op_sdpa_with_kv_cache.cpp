// sdpa_with_kv_cache.out(Tensor query, Tensor key, Tensor value, Tensor(a!) key_cache, Tensor(b!) value_cache,
//     SymInt start_pos, SymInt seq_len, Tensor? attn_mask=None, float drpout_p=0., bool is_causal=False,
//     float? scale=None, *, Tensor(c!) out): update_cache of both caches, then custom_sdpa with them. `seq_len` changes
// nothing: the rows are the query's.
#include "arguments.h"
#include "op_custom_sdpa.h"
#include "op_update_cache.h"

namespace etbuild::kernels::llama {

void sdpa_with_kv_cache_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tttttiiodbDt")) return;
  const int64_t start = integer(arguments, 5);
  update_cache_out(context, tensor(arguments, 1), tensor(arguments, 3), start, tensor(arguments, 11));
  if (context.failure_state() != Error::Ok) return;
  update_cache_out(context, tensor(arguments, 2), tensor(arguments, 4), start, tensor(arguments, 11));
  if (context.failure_state() != Error::Ok) return;
  std::optional<Tensor> mask;
  if (!is_none(arguments, 7)) mask = tensor(arguments, 7);
  std::optional<double> scale;
  if (!is_none(arguments, 10)) scale = real(arguments, 10);
  custom_sdpa_out(context, tensor(arguments, 0), tensor(arguments, 3), tensor(arguments, 4), start, mask,
                  real(arguments, 8), boolean(arguments, 9), scale, tensor(arguments, 11));
}

}  // namespace etbuild::kernels::llama
