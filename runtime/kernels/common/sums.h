// Accumulators of sums and means: floats by lanes and parts, the parts in double, so that long sums are accurate.

#pragma once

#include "reducers.h"
#include "wrapping.h"

namespace etbuild::kernels {
namespace {

// What parts are summed up in.
template <typename T>
struct WideOf {
  using Type = std::conditional_t<std::is_floating_point_v<T>, double, int64_t>;
};
template <typename T>
struct WideOf<std::complex<T>> {
  using Type = std::complex<double>;
};

template <typename T>
struct Sum {
  using Wide = typename WideOf<T>::Type;
  static constexpr int64_t kLanes = 16;
  static constexpr int64_t kRowsOfPart = 32;
  static constexpr int64_t kPart = kLanes * kRowsOfPart;

  void begin(int64_t slots) {
    for (int64_t slot = 0; slot < slots; ++slot) total[slot] = 0;
    for (int64_t slot = 0; slot < slots; ++slot) part[slot] = 0;
  }

  void take_run(int64_t slot, const T* from, int64_t count, int64_t /*index*/) {
    Wide sum = total[slot];
    for (int64_t at = 0; at < count; at += kPart) {
      sum = wrapping_add(sum, sum_part(from + at, count - at < kPart ? count - at : kPart));
    }
    total[slot] = sum;
  }

  static Wide sum_part(const T* from, int64_t count) {
    T lanes[kLanes] = {};
    int64_t at = 0;
    for (; at + kLanes <= count; at += kLanes) {
      for (int64_t lane = 0; lane < kLanes; ++lane) lanes[lane] = wrapping_add(lanes[lane], from[at + lane]);
    }
    Wide sum = 0;
    for (; at < count; ++at) sum = wrapping_add(sum, static_cast<Wide>(from[at]));
    for (const T lane : lanes) sum = wrapping_add(sum, static_cast<Wide>(lane));
    return sum;
  }

  void take_row(const T* from, int64_t count, int64_t index) {
    for (int64_t slot = 0; slot < count; ++slot) part[slot] = wrapping_add(part[slot], from[slot]);
    if ((index + 1) % kRowsOfPart != 0) return;
    for (int64_t slot = 0; slot < count; ++slot) {
      total[slot] = wrapping_add(total[slot], static_cast<Wide>(part[slot]));
      part[slot] = 0;
    }
  }

  Wide sum_of(int64_t slot) const { return wrapping_add(total[slot], static_cast<Wide>(part[slot])); }

  void finish(int64_t count, int64_t /*reduced*/, const void* /*parameters*/, void* results, void* /*seconds*/) {
    for (int64_t slot = 0; slot < count; ++slot) static_cast<T*>(results)[slot] = static_cast<T>(sum_of(slot));
  }

  Wide total[kSlots];
  T part[kSlots];  // Of rows.
};

template <typename T>
struct Mean : Sum<T> {
  void finish(int64_t count, int64_t reduced, const void* /*parameters*/, void* results, void* /*seconds*/) {
    for (int64_t slot = 0; slot < count; ++slot) {
      static_cast<T*>(results)[slot] = static_cast<T>(this->sum_of(slot) / static_cast<double>(reduced));
    }
  }
};

}  // namespace
}  // namespace etbuild::kernels
