// The accumulator of variances: results are squares of deviations by their number, less a correction; the seconds are
// means. Each part has its own mean; parts are joined as Chan, Golub and LeVeque show.

#pragma once

#include <limits>

#include "operand.h"
#include "reducers.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct Variance {
  static constexpr int64_t kLanes = 8;

  void begin(int64_t slots) {
    for (int64_t slot = 0; slot < slots; ++slot) {
      means[slot] = 0.0;
      squares[slot] = 0.0;
    }
  }

  // The sum over a part of what `term` makes of elements.
  template <typename Term>
  static double sum(const T* from, int64_t count, const Term& term) {
    double lanes[kLanes] = {};
    int64_t at = 0;
    for (; at + kLanes <= count; at += kLanes) {
      for (int64_t lane = 0; lane < kLanes; ++lane) lanes[lane] += term(static_cast<double>(from[at + lane]));
    }
    double total = 0.0;
    for (; at < count; ++at) total += term(static_cast<double>(from[at]));
    for (const double lane : lanes) total += lane;
    return total;
  }

  void take_run(int64_t slot, const T* from, int64_t count, int64_t index) {
    const auto many = static_cast<double>(count);
    const double mean = sum(from, count, [](double element) { return element; }) / many;
    const double deviations = sum(from, count, [mean](double element) { return (element - mean) * (element - mean); });
    const auto before = static_cast<double>(index);
    const double distance = mean - means[slot];
    squares[slot] += deviations + distance * distance * before * many / (before + many);
    means[slot] += distance * many / (before + many);
  }

  void take_row(const T* from, int64_t count, int64_t index) {
    const double share = 1.0 / static_cast<double>(index + 1);
    for (int64_t slot = 0; slot < count; ++slot) {
      const double element = static_cast<double>(from[slot]);
      const double distance = element - means[slot];
      means[slot] += distance * share;
      squares[slot] += distance * (element - means[slot]);
    }
  }

  // The parameter is a Number: the correction.
  void finish(int64_t count, int64_t reduced, const void* parameters, void* results, void* seconds) {
    const double left = static_cast<double>(reduced) - static_cast<const Number*>(parameters)->as<double>();
    const double divisor = left > 0.0 ? left : 0.0;
    for (int64_t slot = 0; slot < count; ++slot) {
      static_cast<T*>(results)[slot] = static_cast<T>(squares[slot] / divisor);
      const double mean = reduced == 0 ? static_cast<double>(std::numeric_limits<T>::quiet_NaN()) : means[slot];
      static_cast<T*>(seconds)[slot] = static_cast<T>(mean);
    }
  }

  double means[kSlots];
  double squares[kSlots];
};

}  // namespace
}  // namespace etbuild::kernels
