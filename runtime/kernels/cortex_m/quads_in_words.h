// Sums of four channels in words, scaled one by one: where there are no vectors. Included once, by what defines QUADS.

namespace etbuild::kernels::cortex_m::QUADS {
namespace {

struct Sums {
  uint32_t a, b, c, d;
};

// The offset is added to elements as they are read.
constexpr bool kAddsWeights = false;

inline Sums add_weights(Sums sums, const int8_t*, ptrdiff_t, ptrdiff_t) { return sums; }

// How four channels are scaled.
struct Scale {
  explicit Scale(const Scaling& by) : scaling(by) {}

  const Scaling& scaling;
};

inline void store(const Sums& sums, const Scale& scale, int8_t* to) {
  store_each({sums.a, sums.b, sums.c, sums.d}, scale.scaling, to);
}

}  // namespace
}  // namespace etbuild::kernels::cortex_m::QUADS
