// custom_quantized_sdpa.out(Tensor query, Tensor key, Tensor value, SymInt start_pos, Tensor? attn_mask=None,
//     float drpout_p=0., bool is_causal=False, float? scale=None, Tensor? q_zero_points=None, Tensor? q_scales=None,
//     Tensor? k_zero_points=None, Tensor? k_scales=None, Tensor? v_zero_points=None, Tensor? v_scales=None,
//     bool is_seq_at_dim_2=False, *, Tensor(a!) out): custom_sdpa of int8 rows, each with its zero point (int8) and
//     scale
// (Float), in Float; of [B, H, S, D] if is_seq_at_dim_2, else [B, S, H, D]. Without scales: of floating ones.
#include "any_attention.h"
#include "expect.h"

namespace etbuild::kernels::llama {

void custom_quantized_sdpa_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tttiodbDoooooobt") ||
      !expect(context, real(arguments, 5) == 0.0, "dropout must be 0")) {
    return;
  }
  const auto rows = [&](size_t at, size_t zero_points) {
    return HeadRows{tensor(arguments, at), optional_tensor(arguments, zero_points),
                    optional_tensor(arguments, zero_points + 1)};
  };
  const AnyAttention call = {rows(0, 8),
                             rows(1, 10),
                             rows(2, 12),
                             integer(arguments, 3),
                             optional_tensor(arguments, 4),
                             boolean(arguments, 6),
                             is_none(arguments, 7) ? 0.0 : real(arguments, 7),
                             boolean(arguments, 14)};
  attend_any(context, call, tensor(arguments, 15));
}

}  // namespace etbuild::kernels::llama
