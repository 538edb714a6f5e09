// Sums of four channels in words, scaled one by one: where there are no vectors. Included once, by what defines QUADS.

namespace etbuild::kernels::cortex_m::QUADS {
namespace {

struct Sums {
  uint32_t a, b, c, d;
};

inline void store(const Sums& sums, const Scaling& by, int8_t* to) {
  const uint32_t each[] = {sums.a, sums.b, sums.c, sums.d};
  for (ptrdiff_t at = 0; at < 4; ++at) {
    to[at] = by.output.of(static_cast<int32_t>(each[at]), by.multipliers[at * by.step], by.shifts[at * by.step]);
  }
}

}  // namespace
}  // namespace etbuild::kernels::cortex_m::QUADS
