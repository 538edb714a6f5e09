#include "random.h"

#include <atomic>
#include <cmath>

#include "convert.h"
#include "raw_elements.h"

namespace etbuild::kernels {
namespace {

uint64_t mix(uint64_t value) {
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9ULL;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EBULL;
  return value ^ (value >> 31);
}

std::atomic<uint32_t> streams{0};

}  // namespace

Random::Random() : state_(mix(streams.fetch_add(1, std::memory_order_relaxed) + 1ULL)) {}

uint64_t Random::next() {
  state_ += 0x9E3779B97F4A7C15ULL;
  return mix(state_);
}

double Random::uniform(int bits) { return std::ldexp(static_cast<double>(next() >> (64 - bits)), -bits); }

double Random::normal() {
  constexpr int kBits = 53;
  constexpr double kTurn = 6.283185307179586;
  const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform(kBits)));
  return radius * std::cos(kTurn * uniform(kBits));
}

int exact_bits(ScalarType type) {
  if (type == ScalarType::Double) return 53;
  if (type == ScalarType::Float) return 24;
  return type == ScalarType::Half ? 11 : 8;
}

bool fill_random(KernelRuntimeContext& context, Tensor& out, double (*draw)(Random& random, ScalarType type)) {
  const ScalarType type = out.scalar_type();
  Random random;
  for (ptrdiff_t at = 0; at < out.numel(); ++at) {
    const double value = draw(random, type);
    if (is_floating(type) && convert(ScalarType::Double, &value, 1, type, mutable_element(out, at), 1)) continue;
    ET_LOG(Error, "Random numbers are floating, not of dtype %d", static_cast<int>(type));
    return refuse(context, Error::NotSupported);
  }
  return true;
}

}  // namespace etbuild::kernels
