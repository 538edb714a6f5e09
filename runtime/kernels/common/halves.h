// Half and BFloat16 as floats and back, by bits and without branches, so that compilers make vectors of rows.

#pragma once

#include <cstdint>
#include <cstring>

namespace etbuild::kernels {
namespace {

constexpr uint32_t kFloatInfinity = 0x7F800000U;

inline uint32_t bits_of(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  return bits;
}

inline float float_of(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}

// A half's exponent counts from 15, a float's from 127: 2 to the power of 112 between them, also for denormal ones.
inline float float_of_half(uint16_t half) {
  const uint32_t size = (half & 0x7FFFU) << 13;
  const uint32_t sign = (half & 0x8000U) << 16;
  const uint32_t finite = bits_of(float_of(size) * float_of((127U + 112U) << 23));
  return float_of(sign | finite | (size >= 0x0F800000U ? kFloatInfinity : 0U));
}

// Rounded to the nearest, halves to even.
inline uint16_t half_of_float(float value) {
  const uint32_t bits = bits_of(value);
  const uint32_t size = bits & 0x7FFFFFFFU;
  const uint32_t normal = (size - (112U << 23) + 0x0FFFU + ((size >> 13) & 1U)) >> 13;
  const uint32_t denormal = bits_of(float_of(size) + 0.5F) - bits_of(0.5F);  // In units of 2 to the power of -24.
  uint32_t half = size < (113U << 23) ? denormal : normal;
  half = size >= 0x477FF000U ? 0x7C00U : half;  // From 65520 on: infinite.
  half = size > kFloatInfinity ? 0x7E00U : half;
  return static_cast<uint16_t>(half | ((bits >> 16) & 0x8000U));
}

inline float float_of_bfloat16(uint16_t half) { return float_of(static_cast<uint32_t>(half) << 16); }

// Rounded to the nearest, halves to even.
inline uint16_t bfloat16_of_float(float value) {
  const uint32_t bits = bits_of(value);
  const uint32_t rounded = (bits + 0x7FFFU + ((bits >> 16) & 1U)) >> 16;
  return static_cast<uint16_t>((bits & 0x7FFFFFFFU) > kFloatInfinity ? 0x7FC0U : rounded);
}

}  // namespace
}  // namespace etbuild::kernels
