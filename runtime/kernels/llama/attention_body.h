// The body of attend_…: included once for each vector width, after ATTEND, kLanes and multiply_add are there.
// Everything is in an unnamed namespace: code for a wider CPU must not be merged with code for a narrower one.

// NOLINTBEGIN(bugprone-implicit-widening-of-multiplication-result): lanes times vectors are a hundred at most.
// NOLINTBEGIN(misc-definitions-in-headers): no header, but for its name.

// The sums of a tile stay in registers only if the loops over them are gone; clang sees to that by itself.
#if defined(__clang__) || ET_KERNELS_SIMD == 0
#define UNROLLED
#else
#define UNROLLED _Pragma("GCC unroll 8")
#endif

namespace etbuild::kernels::llama {
namespace {

// Keys whose scores are held at once; fewer where stacks are small.
#if defined(__riscv) && !defined(__linux__)
constexpr int kTile = 32;
#else
constexpr int kTile = 64;
#endif
constexpr float kNothing = -__builtin_inff();

typedef int32_t IntLanes __attribute__((vector_size(kLanes * sizeof(int32_t))));

inline Lanes splat(float value) { return value - Lanes{}; }

inline Lanes load(const float* from) {
  Lanes lanes;
  __builtin_memcpy(&lanes, from, sizeof(lanes));
  return lanes;
}

inline void store(float* to, Lanes lanes) { __builtin_memcpy(to, &lanes, sizeof(lanes)); }

inline float sum_of(Lanes lanes) {
  float sum = 0;
  UNROLLED
  for (int lane = 0; lane < kLanes; ++lane) sum += lanes[lane];
  return sum;
}

inline float max_of(Lanes lanes) {
  float most = lanes[0];
  UNROLLED
  for (int lane = 1; lane < kLanes; ++lane) most = lanes[lane] > most ? lanes[lane] : most;
  return most;
}

// e^x for x <= 0, within 2 units in the last place; 0 below -87, where the result would be denormal.
inline Lanes exp_of(Lanes x) {
  const Lanes lowest = splat(-87.0f);
  const Lanes kept = x < lowest ? lowest : x;
  const Lanes to_integer = splat(12582912.0f);  // 1.5 * 2^23: what is added to it is rounded to an integer.
  const Lanes power = multiply_add(kept, splat(1.44269504f), to_integer) - to_integer;
  // log 2 in two parts, so that the remainder keeps its digits.
  const Lanes rest = multiply_add(power, splat(1.90465421e-4f), multiply_add(power, splat(-0.693337619f), kept));
  Lanes series = splat(1.0f / 720);
  series = multiply_add(series, rest, splat(1.0f / 120));
  series = multiply_add(series, rest, splat(1.0f / 24));
  series = multiply_add(series, rest, splat(1.0f / 6));
  series = multiply_add(series, rest, splat(0.5f));
  series = multiply_add(series, rest, splat(1.0f));
  series = multiply_add(series, rest, splat(1.0f));
  const IntLanes exponent = (__builtin_convertvector(power, IntLanes) + 127) << 23;
  Lanes two_to_power;
  __builtin_memcpy(&two_to_power, &exponent, sizeof(exponent));
  return x < lowest ? Lanes{} : series * two_to_power;
}

// Writes the scores of kRows rows with kKeys keys to scores[row * kTile + key].
template <int kRows, int kKeys>
inline void score(const AttentionRows& rows, int64_t row, int64_t position, float* scores) {
  const float* query = rows.query + row * rows.query_stride;
  const float* key = rows.key + position * rows.cache_stride;
  Lanes sums[kRows][kKeys] = {};
  int64_t at = 0;
  for (; at + kLanes <= rows.head_dim; at += kLanes) {
    Lanes queries[kRows];
    UNROLLED
    for (int r = 0; r < kRows; ++r) queries[r] = load(query + r * rows.query_stride + at);
    UNROLLED
    for (int k = 0; k < kKeys; ++k) {
      const Lanes keys = load(key + k * rows.cache_stride + at);
      UNROLLED
      for (int r = 0; r < kRows; ++r) sums[r][k] = multiply_add(queries[r], keys, sums[r][k]);
    }
  }
  UNROLLED
  for (int r = 0; r < kRows; ++r) {
    UNROLLED
    for (int k = 0; k < kKeys; ++k) {
      float sum = sum_of(sums[r][k]);
      for (int64_t rest = at; rest < rows.head_dim; ++rest) {
        sum += query[r * rows.query_stride + rest] * key[k * rows.cache_stride + rest];
      }
      scores[r * kTile + k] = sum * rows.scale;
    }
  }
}

// What a row has seen so far: e^(score - most) summed up.
struct Seen {
  float most = kNothing;
  float sum = 0;
};

// Turns the first `count` scores into weights and the rest, up to kTile, into none; returns what scales older sums.
inline float weigh(float* scores, int count, const float* mask, Seen* seen) {
  for (int k = 0; mask != nullptr && k < count; ++k) scores[k] += mask[k];
  for (int k = count; k < kTile; ++k) scores[k] = kNothing;
  Lanes most_lanes = splat(seen->most);
  for (int k = 0; k < kTile; k += kLanes) {
    const Lanes lanes = load(scores + k);
    most_lanes = lanes > most_lanes ? lanes : most_lanes;
  }
  const float most = max_of(most_lanes);
  // With nothing seen yet, -inf - -inf would be NaN; any finite number gives the weight 0.
  const Lanes base = splat(most == kNothing ? 0.0f : most);
  Lanes sums = {};
  for (int k = 0; k < kTile; k += kLanes) {
    const Lanes weights = exp_of(load(scores + k) - base);
    store(scores + k, weights);
    sums += weights;
  }
  const float older = seen->most == most ? 1.0f : exp_of(splat(seen->most) - base)[0];
  seen->sum = seen->sum * older + sum_of(sums);
  seen->most = most;
  return older;
}

// out = out * older + weights x values, for kVectors vectors of the head from `at` on.
template <int kRows, int kVectors>
inline void mix(const AttentionRows& rows, int64_t row, int64_t position, int count, int64_t at, const float* weights,
                const float* older) {
  float* out = rows.out + row * rows.out_stride + at;
  const float* value = rows.value + position * rows.cache_stride + at;
  Lanes sums[kRows][kVectors];
  UNROLLED
  for (int r = 0; r < kRows; ++r) {
    UNROLLED
    for (int v = 0; v < kVectors; ++v) sums[r][v] = load(out + r * rows.out_stride + v * kLanes) * older[r];
  }
  for (int k = 0; k < count; ++k, value += rows.cache_stride) {
    UNROLLED
    for (int v = 0; v < kVectors; ++v) {
      const Lanes values = load(value + v * kLanes);
      UNROLLED
      for (int r = 0; r < kRows; ++r) sums[r][v] = multiply_add(splat(weights[r * kTile + k]), values, sums[r][v]);
    }
  }
  UNROLLED
  for (int r = 0; r < kRows; ++r) {
    UNROLLED
    for (int v = 0; v < kVectors; ++v) store(out + r * rows.out_stride + v * kLanes, sums[r][v]);
  }
}

// The last elements of a head whose size is no multiple of the vector's.
inline void mix_rest(const AttentionRows& rows, int64_t row, int64_t position, int count, int64_t at,
                     const float* weights, float older) {
  for (; at < rows.head_dim; ++at) {
    float sum = rows.out[row * rows.out_stride + at] * older;
    const float* value = rows.value + position * rows.cache_stride + at;
    for (int k = 0; k < count; ++k) sum += weights[k] * value[k * rows.cache_stride];
    rows.out[row * rows.out_stride + at] = sum;
  }
}

// All keys for kRows rows. kKeys and kVectors fill the registers: kRows x kKeys sums, kRows x kVectors sums.
template <int kRows, int kKeys, int kVectors>
inline void attend_rows(const AttentionRows& rows, int64_t row) {
  float scores[kRows * kTile];
  Seen seen[kRows];
  for (int r = 0; r < kRows; ++r) {
    for (int64_t at = 0; at < rows.head_dim; ++at) rows.out[(row + r) * rows.out_stride + at] = 0;
  }
  const int64_t first_visible = rows.visible + (rows.is_causal ? row : 0);
  const int64_t end = first_visible + (rows.is_causal ? kRows - 1 : 0);
  for (int64_t position = 0; position < end; position += kTile) {
    const int count = static_cast<int>(end - position < kTile ? end - position : kTile);
    int k = 0;
    for (; k + kKeys <= count; k += kKeys) score<kRows, kKeys>(rows, row, position + k, scores + k);
    for (; k < count; ++k) score<kRows, 1>(rows, row, position + k, scores + k);
    float older[kRows];
    for (int r = 0; r < kRows; ++r) {
      const int64_t left = first_visible + (rows.is_causal ? r : 0) - position;
      const int own_count = static_cast<int>(left < 0 ? 0 : left < count ? left : count);
      const float* mask = rows.mask == nullptr ? nullptr : rows.mask + (row + r) * rows.mask_stride + position;
      older[r] = weigh(scores + r * kTile, own_count, mask, &seen[r]);
    }
    int64_t at = 0;
    for (; at + kVectors * kLanes <= rows.head_dim; at += kVectors * kLanes) {
      mix<kRows, kVectors>(rows, row, position, count, at, scores, older);
    }
    for (; at + kLanes <= rows.head_dim; at += kLanes) mix<kRows, 1>(rows, row, position, count, at, scores, older);
    for (int r = 0; r < kRows; ++r) mix_rest(rows, row + r, position, count, at, scores + r * kTile, older[r]);
  }
  for (int r = 0; r < kRows; ++r) {
    float* out = rows.out + (row + r) * rows.out_stride;
    for (int64_t at = 0; at < rows.head_dim; ++at) out[at] /= seen[r].sum;
  }
}

}  // namespace

void ATTEND(const AttentionRows& rows) {
  int64_t row = 0;
#if ET_KERNELS_SIMD == 0
  for (; row < rows.row_count; ++row) attend_rows<1, 1, 1>(rows, row);
#else
  for (; row + 4 <= rows.row_count; row += 4) attend_rows<4, 2, 2>(rows, row);
  for (; row < rows.row_count; ++row) attend_rows<1, 8, 8>(rows, row);
#endif
}

}  // namespace etbuild::kernels::llama

// NOLINTEND(misc-definitions-in-headers)
// NOLINTEND(bugprone-implicit-widening-of-multiplication-result)
