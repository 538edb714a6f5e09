// e^x of vectors, and what functions like it share: for bodies, behind their lanes.

namespace etbuild::kernels::math::SIMD {
namespace {

inline IntLanes bits_of(Lanes lanes) {
  IntLanes bits;
  __builtin_memcpy(&bits, &lanes, sizeof(bits));
  return bits;
}

inline Lanes from_bits(IntLanes bits) {
  Lanes lanes;
  __builtin_memcpy(&lanes, &bits, sizeof(lanes));
  return lanes;
}

inline Lanes size_of(Lanes x) { return from_bits(bits_of(x) & 0x7fffffff); }

inline Lanes with_sign_of(Lanes size, Lanes sign) {
  return from_bits(bits_of(size) | (bits_of(sign) & static_cast<int32_t>(0x80000000U)));
}

// Two to the power of an integer from -126 to 127.
inline Lanes power_of_two(IntLanes power) { return from_bits((power + 127) << 23); }

// e^x within 1 unit in the last place, for all x: x = power * log 2 + rest, |rest| <= log(2) / 2.
inline Lanes exp_of(Lanes x) {
  const Lanes least = splat(-104.0f);  // Below, it is 0; above 89, infinite.
  const Lanes most = splat(89.0f);
  Lanes kept = x < least ? least : x;
  kept = kept > most ? most : kept;
  const Lanes to_integer = splat(12582912.0f);  // 1.5 * 2^23: what is added to it is rounded to an integer.
  const Lanes power = multiply_add(kept, splat(1.44269504f), to_integer) - to_integer;
  // log 2 in two parts. The first has so few digits that its product is exact, with or without a fused addition.
  const Lanes rest = multiply_add(power, splat(2.12194440e-4f), multiply_add(power, splat(-0.693359375f), kept));
  Lanes series = splat(0.000199193804f);
  series = multiply_add(series, rest, splat(0.00139472249f));
  series = multiply_add(series, rest, splat(0.00833326299f));
  series = multiply_add(series, rest, splat(0.0416662544f));
  series = multiply_add(series, rest, splat(0.166666672f));
  series = multiply_add(series, rest, splat(0.5f));
  const Lanes result = splat(1) + multiply_add(rest * rest, series, rest);
  // In two steps, so that denormal results are rounded once, and those too large become infinite.
  const IntLanes whole = __builtin_convertvector(power, IntLanes);
  const IntLanes half = whole >> 1;
  return result * power_of_two(half) * power_of_two(whole - half);
}

}  // namespace
}  // namespace etbuild::kernels::math::SIMD
