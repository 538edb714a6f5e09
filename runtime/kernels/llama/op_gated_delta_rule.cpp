// gated_delta_rule.out(Tensor query, Tensor key, Tensor value, Tensor decay, Tensor beta, Tensor initial_state, *,
//     Tensor(a!) out, Tensor(b!) final_state_out): a linear attention whose memory is a matrix [K, V] for each head.
//     For
// each token the state is multiplied by its decay; what it gives for the key is moved to the value, by a share of beta;
// the query reads it:
//     state = state * decay;  state += key ⊗ ((value - key · state) * beta);  out = query · state
// Float, contiguous: query [B, QH, T, K], key [B, H, T, K], value [B, H, T, V], beta [B, H, T], states [B, H, K, V],
// decay [B, H, T, K], or [B, H, T] for all of K; out is [B, QH, T, V]. QH is a multiple of H: query heads that follow
// each other share a state. initial_state stays as it is. channelwise_gated_delta_rule.out: the same by an older name.
#include <cstring>

#include "expect.h"
#include "shapes.h"

namespace etbuild::kernels::llama {
namespace {

constexpr int64_t kAtOnce = 64;  // Columns of a state that are computed beside each other; they do not meet.

struct Rule {
  const float *query, *key, *value, *decay, *beta;
  float *out, *state;
  int64_t tokens, keys, values, heads, queries;  // Heads with states, and query heads for each.
  bool has_scalar_decay;
};

// One token, for `count` columns of the state of a head from `first` on.
void step(const Rule& by, int64_t head, int64_t token, int64_t first, int64_t count) {
  const int64_t at = head * by.tokens + token;
  const float* key = by.key + at * by.keys;
  float* state = by.state + head * by.keys * by.values + first;
  float columns[kAtOnce] = {};
  for (int64_t row = 0; row < by.keys; ++row) {
    const float decay = by.has_scalar_decay ? by.decay[at] : by.decay[at * by.keys + row];
    float* cells = state + row * by.values;
    for (int64_t index = 0; index < count; ++index) {
      cells[index] *= decay;
      columns[index] += cells[index] * key[row];
    }
  }
  const float* value = by.value + at * by.values + first;
  for (int64_t index = 0; index < count; ++index) columns[index] = (value[index] - columns[index]) * by.beta[at];
  for (int64_t row = 0; row < by.keys; ++row) {
    float* cells = state + row * by.values;
    for (int64_t index = 0; index < count; ++index) cells[index] += key[row] * columns[index];
  }
  for (int64_t reader = head * by.queries; reader < (head + 1) * by.queries; ++reader) {
    const float* query = by.query + (reader * by.tokens + token) * by.keys;
    float* out = by.out + (reader * by.tokens + token) * by.values + first;
    for (int64_t index = 0; index < count; ++index) out[index] = 0;
    for (int64_t row = 0; row < by.keys; ++row) {
      const float* cells = state + row * by.values;
      for (int64_t index = 0; index < count; ++index) out[index] += query[row] * cells[index];
    }
  }
}

// Whether a tensor has the first sizes of `like`, and then `last`, if that is not negative.
bool has_sizes(const Tensor& tensor, const Tensor& like, ssize_t count, int64_t last) {
  if (tensor.dim() != count + (last < 0 ? 0 : 1)) return false;
  for (ssize_t dim = 0; dim < count; ++dim) {
    if (tensor.size(dim) != like.size(dim)) return false;
  }
  return last < 0 || tensor.size(count) == last;
}

bool fit(KernelRuntimeContext& context, Arguments arguments) {
  for (size_t index = 0; index < 8; ++index) {
    const Tensor& each = tensor(arguments, index);
    if (!expect(context, each.scalar_type() == ScalarType::Float && is_contiguous(each), "all must be dense floats")) {
      return false;
    }
  }
  const Tensor& query = tensor(arguments, 0);
  const Tensor& key = tensor(arguments, 1);
  const Tensor& value = tensor(arguments, 2);
  const Tensor& decay = tensor(arguments, 3);
  const Tensor& state = tensor(arguments, 5);
  return expect(context, query.dim() == 4 && key.dim() == 4 && value.dim() == 4 && state.dim() == 4,
                "query, key, value and state must have four dimensions") &&
         expect(context,
                key.size(0) == query.size(0) && key.size(2) == query.size(2) && key.size(3) == query.size(3) &&
                    key.size(1) > 0 && query.size(1) % key.size(1) == 0,
                "query must have the key's sizes, and a multiple of its heads") &&
         expect(context,
                has_sizes(value, key, 3, value.size(3)) && has_sizes(tensor(arguments, 4), key, 3, -1) &&
                    (has_sizes(decay, key, 3, -1) || has_sizes(decay, key, 3, key.size(3))) &&
                    state.size(0) == key.size(0) && state.size(1) == key.size(1) && state.size(2) == key.size(3) &&
                    state.size(3) == value.size(3),
                "value, decay, beta and state must have the key's sizes");
}

void run(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tttttttt") || !fit(context, arguments)) return;
  const Tensor& query = tensor(arguments, 0);
  const Tensor& key = tensor(arguments, 1);
  const Tensor& value = tensor(arguments, 2);
  const Tensor& initial = tensor(arguments, 5);
  Tensor& out = tensor(arguments, 6);
  Tensor& final_state = tensor(arguments, 7);
  const int32_t sizes[] = {query.sizes()[0], query.sizes()[1], query.sizes()[2], value.sizes()[3]};
  if (!resize(context, out, {sizes, 4}) || !resize(context, final_state, initial.sizes())) return;
  if (initial.numel() > 0) std::memcpy(final_state.mutable_data_ptr(), initial.const_data_ptr(), initial.nbytes());
  const Rule by = {query.const_data_ptr<float>(),
                   key.const_data_ptr<float>(),
                   value.const_data_ptr<float>(),
                   tensor(arguments, 3).const_data_ptr<float>(),
                   tensor(arguments, 4).const_data_ptr<float>(),
                   out.mutable_data_ptr<float>(),
                   final_state.mutable_data_ptr<float>(),
                   key.size(2),
                   key.size(3),
                   value.size(3),
                   key.size(0) * key.size(1),
                   query.size(1) / key.size(1),
                   tensor(arguments, 3).dim() == 3};
  for (int64_t head = 0; head < by.heads; ++head) {
    for (int64_t first = 0; first < by.values; first += kAtOnce) {
      const int64_t left = by.values - first;
      for (int64_t token = 0; token < by.tokens; ++token) step(by, head, token, first, left < kAtOnce ? left : kAtOnce);
    }
  }
}

}  // namespace

void gated_delta_rule_out(KernelRuntimeContext& context, Arguments arguments) { run(context, arguments); }

void channelwise_gated_delta_rule_out(KernelRuntimeContext& context, Arguments arguments) { run(context, arguments); }

}  // namespace etbuild::kernels::llama
