#include "comparison.h"

#include <cmath>
#include <cstdio>
#include <cstring>

namespace etbuild::proof {

namespace {

enum DtypeNumber {
  kHalf = 5,
  kFloat = 6,
  kDouble = 7,
  kComplexHalf = 8,
  kComplexFloat,
  kComplexDouble,
  kBFloat16 = 15
};

double of_half(uint16_t bits) {
  const int exponent = bits >> 10 & 31;
  const int fraction = bits & 1023;
  double value = 0;
  if (exponent == 31) {
    value = fraction != 0 ? std::nan("") : HUGE_VAL;
  } else {
    value = exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(fraction + 1024, exponent - 25);
  }
  return (bits & 0x8000) != 0 ? -value : value;
}

template <typename T>
T read(const uint8_t* data) {
  T value;
  std::memcpy(&value, data, sizeof(T));
  return value;
}

// The real numbers of an element lie one behind the other.
size_t parts_of(int dtype) { return dtype >= kComplexHalf && dtype <= kComplexDouble ? 2 : 1; }

bool is_float(int dtype) { return (dtype >= kHalf && dtype <= kComplexDouble) || dtype == kBFloat16; }

double number_at(const uint8_t* data, int dtype, size_t i) {
  switch (dtype) {
    case kHalf:
    case kComplexHalf:
      return of_half(read<uint16_t>(data + i * 2));
    case kBFloat16: {
      const uint32_t bits = static_cast<uint32_t>(read<uint16_t>(data + i * 2)) << 16;
      float value;
      std::memcpy(&value, &bits, sizeof(value));
      return value;
    }
    case kFloat:
    case kComplexFloat:
      return read<float>(data + i * 4);
    default:
      return read<double>(data + i * 8);
  }
}

long long integer_at(const uint8_t* data, int dtype, size_t i) {
  switch (dtype) {
    case 1:
      return read<int8_t>(data + i);
    case 2:
      return read<int16_t>(data + i * 2);
    case 3:
      return read<int32_t>(data + i * 4);
    case 4:
      return read<int64_t>(data + i * 8);
    case 27:
      return read<uint16_t>(data + i * 2);
    case 28:
      return read<uint32_t>(data + i * 4);
    default:
      return data[i];
  }
}

bool is_near(double is, double must_be, const RecordedCall& call) {
  if (std::isnan(must_be) || std::isnan(is)) return std::isnan(must_be) && std::isnan(is);
  if (is == must_be) return !call.signed_zeros || std::signbit(is) == std::signbit(must_be);
  if (std::isinf(must_be) || std::isinf(is)) return false;
  return std::fabs(is - must_be) <= call.atol + call.rtol * std::fabs(must_be);
}

std::string text(const char* format, size_t at, double is, double must_be) {
  char buffer[160];
  std::snprintf(buffer, sizeof(buffer), format, at, is, must_be);
  return buffer;
}

std::string float_difference(const uint8_t* is, const RecordedCall& call, const RecordedTensor& recorded,
                             size_t count) {
  for (size_t i = 0; i < count; ++i) {
    const double x = number_at(is, recorded.dtype, i);
    const double y = number_at(recorded.expected, recorded.dtype, i);
    if (!is_near(x, y, call)) return text("element %zu is %.9g, must be %.9g", i, x, y);
  }
  return {};
}

std::string integer_difference(const uint8_t* is, const RecordedCall& call, const RecordedTensor& recorded,
                               size_t count) {
  for (size_t i = 0; i < count; ++i) {
    const long long x = integer_at(is, recorded.dtype, i);
    const long long y = integer_at(recorded.expected, recorded.dtype, i);
    const double off = std::fabs(static_cast<double>(x) - static_cast<double>(y));
    if (x == y || (call.atol > 0 && recorded.dtype < kHalf && off <= call.atol)) continue;
    char buffer[160];
    std::snprintf(buffer, sizeof(buffer), "element %zu is %lld, must be %lld", i, x, y);
    return buffer;
  }
  return {};
}

std::string random_difference(const uint8_t* is, const RecordedCall& call, int dtype, size_t count) {
  double sum = 0;
  double squares = 0;
  for (size_t i = 0; i < count; ++i) {
    const double x = number_at(is, dtype, i);
    const bool fits = call.compare == Compare::kUnitRange ? x >= 0 && x < 1 : std::isfinite(x);
    if (!fits) return text("element %zu is %.9g, must be a random number%.0s", i, x, 0);
    sum += x;
    squares += x * x;
  }
  if (count < 100) return {};
  const double n = static_cast<double>(count);
  const double mean = sum / n;
  const double variance = squares / n - mean * mean;
  const double must_mean = call.compare == Compare::kUnitRange ? 0.5 : 0;
  const double must_variance = call.compare == Compare::kUnitRange ? 1.0 / 12 : 1;
  if (std::fabs(mean - must_mean) > 5 / std::sqrt(n))
    return text("%zu numbers' mean is %g, must be near %g", count, mean, must_mean);
  if (std::fabs(variance - must_variance) > 8 / std::sqrt(n)) {
    return text("%zu numbers' variance is %g, must be near %g", count, variance, must_variance);
  }
  return {};
}

}  // namespace

std::string difference(GuardedTensor& output, const RecordedCall& call) {
  const RecordedTensor& recorded = output.recorded();
  const executorch::aten::Tensor tensor = output.tensor();
  const auto sizes = tensor.sizes();
  const std::vector<int32_t>& must_be = recorded.expected_sizes;
  if (sizes.size() != must_be.size() || !std::equal(must_be.begin(), must_be.end(), sizes.data())) {
    return "sizes are " + sizes_text(sizes.data(), sizes.size()) + ", must be " +
           sizes_text(must_be.data(), must_be.size());
  }
  const size_t count = recorded.expected_bytes / element_bytes(recorded.dtype) * parts_of(recorded.dtype);
  const uint8_t* data = static_cast<const uint8_t*>(tensor.const_data_ptr());
  if (call.compare == Compare::kSizes) return {};
  if (call.compare != Compare::kValues) return random_difference(data, call, recorded.dtype, count);
  return is_float(recorded.dtype) ? float_difference(data, call, recorded, count)
                                  : integer_difference(data, call, recorded, count);
}

const char* dtype_name(int dtype) {
  static constexpr const char* kNames[] = {"Byte",  "Char",   "Short",       "Int",          "Long",          "Half",
                                           "Float", "Double", "ComplexHalf", "ComplexFloat", "ComplexDouble", "Bool",
                                           "?",     "?",      "?",           "BFloat16"};
  if (dtype >= 0 && dtype < 16) return kNames[dtype];
  return dtype == 27 ? "UInt16" : dtype == 28 ? "UInt32" : "?";
}

std::string sizes_text(const int32_t* sizes, size_t rank) {
  std::string text = "[";
  for (size_t i = 0; i < rank; ++i) text += (i != 0 ? "," : "") + std::to_string(sizes[i]);
  return text + "]";
}

}  // namespace etbuild::proof
