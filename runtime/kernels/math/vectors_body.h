// The bodies of the functions of vectors.h: included once for each level, behind its lanes.

// NOLINTBEGIN(misc-definitions-in-headers): no header, but for its name.

#include "exponential.h"

namespace etbuild::kernels::math::SIMD {
namespace {

// x + x^3 * series below 0.625; above, where that would need too many terms, by the exponential.
inline Lanes tanh_of(Lanes x) {
  const Lanes size = size_of(x);
  const Lanes square = x * x;
  Lanes series = splat(0.00214753696f);
  series = multiply_add(series, square, splat(-0.00818267372f));
  series = multiply_add(series, square, splat(0.0217029676f));
  series = multiply_add(series, square, splat(-0.0539472029f));
  series = multiply_add(series, square, splat(0.133332103f));
  series = multiply_add(series, square, splat(-0.333333313f));
  const Lanes small = x + series * square * x;  // Not multiply_add: on 32-bit ARM it would flush a denormal x.
  const Lanes large = splat(1) - splat(2) / (exp_of(size + size) + splat(1));
  return with_sign_of(size < splat(0.625f) ? small : large, x);  // Of -0, too.
}

inline Lanes sigmoid_of(Lanes x) { return splat(1) / (splat(1) + exp_of(-x)); }

inline Lanes silu_of(Lanes x) { return x / (splat(1) + exp_of(-x)); }

// erf(x) / x for |x| < 0.95, of x * x.
inline Lanes small_erf(Lanes square) {
  Lanes series = splat(8.21542344e-05f);
  series = multiply_add(series, square, splat(-0.00081059651f));
  series = multiply_add(series, square, splat(0.00519779697f));
  series = multiply_add(series, square, splat(-0.0268581044f));
  series = multiply_add(series, square, splat(0.112836726f));
  series = multiply_add(series, square, splat(-0.376126319f));
  return multiply_add(series, square, splat(1.12837923f));
}

// 1 - erf(size) for 0.95 <= size: e to a series; 0 above 4, as 1 + what is left is 1.
inline Lanes large_erfc(Lanes size) {
  Lanes series = splat(1.25792285e-05f);
  series = multiply_add(series, size, splat(-0.000336340338f));
  series = multiply_add(series, size, splat(0.00369769568f));
  series = multiply_add(series, size, splat(-0.0238793436f));
  series = multiply_add(series, size, splat(0.106373608f));
  series = multiply_add(series, size, splat(0.635068238f));
  series = multiply_add(series, size, splat(1.12866902f));
  return size > splat(4) ? Lanes{} : exp_of(-(series * size));
}

inline Lanes erf_of(Lanes x) {
  const Lanes size = size_of(x);
  const Lanes large = with_sign_of(splat(1) - large_erfc(size), x);
  return size < splat(0.95f) ? x * small_erf(x * x) : size >= splat(0.95f) ? large : x;
}

inline Lanes gelu_of(Lanes x) {
  const Lanes y = x * splat(0.707106781f);
  const Lanes size = size_of(y);
  const Lanes rest = large_erfc(size);
  const Lanes large = y < Lanes{} ? rest : splat(2) - rest;
  const Lanes small = multiply_add(y, small_erf(y * y), splat(1));
  return splat(0.5f) * x * (size < splat(0.95f) ? small : size >= splat(0.95f) ? large : x);
}

inline Lanes gelu_tanh_of(Lanes x) {
  const Lanes cubic = multiply_add(x * x * x, splat(0.044715f), x);
  return splat(0.5f) * x * (splat(1) + tanh_of(cubic * splat(0.797884561f)));
}

// Functions as types: GCC compiles parts of a lambda for the CPU that the file began with.
template <Lanes (*kFunction)(Lanes)>
struct Apply {
  Lanes operator()(Lanes x) const { return kFunction(x); }
};

struct Itself {
  Lanes operator()(Lanes x) const { return x; }
};

struct Squared {
  Lanes operator()(Lanes x) const { return x * x; }
};

struct ExpOfDifference {
  Lanes most;
  Lanes operator()(Lanes x) const { return exp_of(x - most); }
};

struct Quotient {
  Lanes total;
  Lanes operator()(Lanes x) const { return x / total; }
};

struct Difference {
  Lanes most;
  Lanes logarithm;
  Lanes operator()(Lanes x) const { return x - most - logarithm; }
};

struct SquaredDifference {
  Lanes mean;
  Lanes operator()(Lanes x) const { return (x - mean) * (x - mean); }
};

struct Clamped {
  Lanes operator()(Lanes x) const { return clamp(x, lowest, highest); }
  float lowest, highest;
};

struct Scaled {
  Lanes scale;
  Lanes shift;
  Lanes operator()(Lanes x) const { return x * scale + shift; }
};

template <typename Function>
inline void map(const float* from, float* to, ptrdiff_t count, Function function) {
  ptrdiff_t at = 0;
  for (; at + kLanes <= count; at += kLanes) store(to + at, function(load(from + at)));
  if (at < count) store_some(to + at, function(load_some(from + at, count - at)), count - at);
}

// The sum of function(x): four vectors of sums, so that additions need not wait for each other.
template <typename Function>
inline float sum(const float* from, ptrdiff_t count, Function function) {
  Lanes sums[4] = {};
  ptrdiff_t at = 0;
  for (; at + 4 * kLanes <= count; at += 4 * kLanes) {
    UNROLLED
    for (int i = 0; i < 4; ++i) sums[i] += function(load(from + at + i * kLanes));
  }
  for (; at + kLanes <= count; at += kLanes) sums[0] += function(load(from + at));
  Lanes rest = {};
  if (at < count) {
    store_some(reinterpret_cast<float*>(&rest), function(load_some(from + at, count - at)), count - at);
  }
  return sum_of(((sums[0] + rest) + sums[1]) + (sums[2] + sums[3]));
}

inline Lanes larger_of(Lanes a, Lanes b) { return a > b ? a : b; }

inline Lanes largest(const float* from, ptrdiff_t count) {
  const Lanes nothing = splat(-__builtin_inff());
  Lanes most[4] = {nothing, nothing, nothing, nothing};
  ptrdiff_t at = 0;
  for (; at + 4 * kLanes <= count; at += 4 * kLanes) {
    UNROLLED
    for (int i = 0; i < 4; ++i) most[i] = larger_of(load(from + at + i * kLanes), most[i]);
  }
  for (; at + kLanes <= count; at += kLanes) most[0] = larger_of(load(from + at), most[0]);
  for (; at < count; ++at) most[0] = larger_of(splat(from[at]), most[0]);
  return larger_of(larger_of(most[0], most[1]), larger_of(most[2], most[3]));
}

}  // namespace

void exp_row(const float* from, float* to, ptrdiff_t count) { map(from, to, count, Apply<exp_of>()); }

void tanh_row(const float* from, float* to, ptrdiff_t count) { map(from, to, count, Apply<tanh_of>()); }

void sigmoid_row(const float* from, float* to, ptrdiff_t count) { map(from, to, count, Apply<sigmoid_of>()); }

void silu_row(const float* from, float* to, ptrdiff_t count) { map(from, to, count, Apply<silu_of>()); }

void erf_row(const float* from, float* to, ptrdiff_t count) { map(from, to, count, Apply<erf_of>()); }

void gelu_row(const float* from, float* to, ptrdiff_t count) { map(from, to, count, Apply<gelu_of>()); }

void gelu_tanh_row(const float* from, float* to, ptrdiff_t count) { map(from, to, count, Apply<gelu_tanh_of>()); }

float sum_row(const float* from, ptrdiff_t count) { return sum(from, count, Itself()); }

float sum_of_squares_row(const float* from, ptrdiff_t count) { return sum(from, count, Squared()); }

float max_row(const float* from, ptrdiff_t count) {
  const Lanes lanes = largest(from, count);
  float most = lanes[0];
  for (int lane = 1; lane < kLanes; ++lane) most = lanes[lane] > most ? lanes[lane] : most;
  return most;
}

void softmax_row(const float* from, float* to, ptrdiff_t count) {
  const Lanes most = splat(SIMD::max_row(from, count));
  map(from, to, count, ExpOfDifference{most});
  const Lanes total = splat(SIMD::sum_row(to, count));
  map(to, to, count, Quotient{total});
}

void log_softmax_row(const float* from, float* to, ptrdiff_t count) {
  const Lanes most = splat(SIMD::max_row(from, count));
  const float total = sum(from, count, ExpOfDifference{most});
  const Lanes logarithm = splat(logf(total));
  map(from, to, count, Difference{most, logarithm});
}

Moments layer_norm_row(const float* from, const float* weight, const float* bias, float epsilon, float* to,
                       ptrdiff_t count) {
  const auto size = static_cast<float>(count);
  const float mean = SIMD::sum_row(from, count) / size;
  const Lanes means = splat(mean);
  const float variance = sum(from, count, SquaredDifference{means}) / size;
  const float factor = 1.0f / sqrtf(variance + epsilon);
  const Lanes factors = splat(factor);
  for (ptrdiff_t at = 0; at < count; at += kLanes) {
    const ptrdiff_t left = count - at;
    Lanes lanes = (load_up_to(from + at, left) - means) * factors;
    if (weight != nullptr) lanes = lanes * load_up_to(weight + at, left);
    if (bias != nullptr) lanes = lanes + load_up_to(bias + at, left);
    store_up_to(to + at, lanes, left);
  }
  return {mean, factor};
}

void rms_norm_row(const float* from, const float* weight, float epsilon, float* to, ptrdiff_t count) {
  const float square = SIMD::sum_of_squares_row(from, count) / static_cast<float>(count);
  const Lanes factor = splat(1.0f / sqrtf(square + epsilon));
  for (ptrdiff_t at = 0; at < count; at += kLanes) {
    const ptrdiff_t left = count - at;
    Lanes lanes = load_up_to(from + at, left) * factor;
    if (weight != nullptr) lanes = lanes * load_up_to(weight + at, left);
    store_up_to(to + at, lanes, left);
  }
}

void scale_row(const float* from, float scale, float shift, float* to, ptrdiff_t count) {
  const Lanes scales = splat(scale);
  const Lanes shifts = splat(shift);
  map(from, to, count, Scaled{scales, shifts});
}

void clamp_row(const float* from, float lowest, float highest, float* to, ptrdiff_t count) {
  map(from, to, count, Clamped{lowest, highest});
}

}  // namespace etbuild::kernels::math::SIMD

// NOLINTEND(misc-definitions-in-headers)
