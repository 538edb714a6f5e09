// Four channels at a time in plain C++. Included once, in front of lines_body.h, as its like.

#define QUADS plain

namespace etbuild::kernels::cortex_m::QUADS {
namespace {

struct Sums {
  uint32_t a, b, c, d;
};

// The offset is added to elements as they are read.
constexpr bool kAddsWeights = false;

// Adds (input + offset) x weights, of four channels whose weights lie `step` apart.
inline Sums add_products(Sums sums, const int8_t* input, int32_t offset, const int8_t* weights, ptrdiff_t step,
                         ptrdiff_t count) {
  const int8_t* const second = weights + step;
  const int8_t* const third = second + step;
  const int8_t* const fourth = third + step;
  for (ptrdiff_t at = 0; at < count; ++at) {
    const uint32_t element = static_cast<uint32_t>(input[at]) + static_cast<uint32_t>(offset);
    sums.a += element * static_cast<uint32_t>(weights[at]);
    sums.b += element * static_cast<uint32_t>(second[at]);
    sums.c += element * static_cast<uint32_t>(third[at]);
    sums.d += element * static_cast<uint32_t>(fourth[at]);
  }
  return sums;
}

inline Sums add_weights(Sums sums, const int8_t*, ptrdiff_t, ptrdiff_t) { return sums; }

// How four channels are scaled.
struct Scale {
  explicit Scale(const Scaling& by) : scaling(by) {}

  const Scaling& scaling;
};

inline void store(const Sums& sums, const Scale& scale, int8_t* to) {
  store_each({sums.a, sums.b, sums.c, sums.d}, scale.scaling, to);
}

inline void copy_segment(const int8_t* from, int8_t* to, ptrdiff_t count) {
  for (ptrdiff_t at = 0; at < count; ++at) to[at] = from[at];
}

}  // namespace
}  // namespace etbuild::kernels::cortex_m::QUADS
