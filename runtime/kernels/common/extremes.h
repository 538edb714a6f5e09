// Reductions to the greatest and least elements, and to where they are. NaN is beyond all: the first is found.

#pragma once

#include <limits>

#include "reducers.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct Greatest {
  // What every element is at least as good as.
  static constexpr T kWorst =
      std::is_floating_point_v<T> ? -std::numeric_limits<T>::infinity() : std::numeric_limits<T>::lowest();

  static bool better(T element, T than) { return element > than; }
};

template <typename T>
struct Least {
  static constexpr T kWorst =
      std::is_floating_point_v<T> ? std::numeric_limits<T>::infinity() : std::numeric_limits<T>::max();

  static bool better(T element, T than) { return element < than; }
};

template <typename T, typename Order>
struct Extreme {
  static constexpr int64_t kLanes = 16;

  static T of(T best, T element) { return Order::better(element, best) || element != element ? element : best; }

  void begin(int64_t slots) {
    for (int64_t slot = 0; slot < slots; ++slot) bests[slot] = Order::kWorst;
  }

  void take_run(int64_t slot, const T* from, int64_t count, int64_t /*index*/) {
    T lanes[kLanes];
    for (T& lane : lanes) lane = bests[slot];
    int64_t at = 0;
    for (; at + kLanes <= count; at += kLanes) {
      for (int64_t lane = 0; lane < kLanes; ++lane) lanes[lane] = of(lanes[lane], from[at + lane]);
    }
    for (; at < count; ++at) lanes[0] = of(lanes[0], from[at]);
    for (const T lane : lanes) bests[slot] = of(bests[slot], lane);
  }

  void take_row(const T* from, int64_t count, int64_t /*index*/) {
    for (int64_t slot = 0; slot < count; ++slot) bests[slot] = of(bests[slot], from[slot]);
  }

  void finish(int64_t count, int64_t /*reduced*/, const void* /*parameters*/, void* results, void* /*seconds*/) {
    for (int64_t slot = 0; slot < count; ++slot) static_cast<T*>(results)[slot] = bests[slot];
  }

  T bests[kSlots];
};

template <typename T>
struct Maximum : Extreme<T, Greatest<T>> {};

template <typename T>
struct Minimum : Extreme<T, Least<T>> {};

// Results are elements, the seconds where they are: the first of equals.
template <typename T, typename Order>
struct PlacedExtreme {
  void begin(int64_t slots) {
    for (int64_t slot = 0; slot < slots; ++slot) {
      bests[slot] = Order::kWorst;
      places[slot] = 0;
    }
  }

  void take(int64_t slot, T element, int64_t index) {
    if (!Order::better(element, bests[slot]) && element == element) return;
    if (bests[slot] != bests[slot]) return;
    bests[slot] = element;
    places[slot] = index;
  }

  void take_run(int64_t slot, const T* from, int64_t count, int64_t index) {
    for (int64_t at = 0; at < count; ++at) take(slot, from[at], index + at);
  }

  void take_row(const T* from, int64_t count, int64_t index) {
    for (int64_t slot = 0; slot < count; ++slot) take(slot, from[slot], index);
  }

  void finish(int64_t count, int64_t /*reduced*/, const void* /*parameters*/, void* results, void* seconds) {
    for (int64_t slot = 0; slot < count; ++slot) {
      static_cast<T*>(results)[slot] = bests[slot];
      static_cast<int64_t*>(seconds)[slot] = places[slot];
    }
  }

  T bests[kSlots];
  int64_t places[kSlots];
};

template <typename T>
struct PlacedMaximum : PlacedExtreme<T, Greatest<T>> {};

template <typename T>
struct PlacedMinimum : PlacedExtreme<T, Least<T>> {};

// Results are places alone.
template <typename Placed>
struct PlaceOf : Placed {
  void finish(int64_t count, int64_t /*reduced*/, const void* /*parameters*/, void* results, void* /*seconds*/) {
    for (int64_t slot = 0; slot < count; ++slot) static_cast<int64_t*>(results)[slot] = this->places[slot];
  }
};

template <typename T>
struct PlaceOfMaximum : PlaceOf<PlacedMaximum<T>> {};

template <typename T>
struct PlaceOfMinimum : PlaceOf<PlacedMinimum<T>> {};

template <template <typename> class Extreme, typename Elements>
Reduction reduction_to(const Tensor& self, const Dimensions& reduced) {
  const ScalarType type = computed_in(self.scalar_type());
  Reduction call{self, reduced, type, type, reducer_of<Extreme, Elements>(type)};
  call.needs_elements = true;
  return call;
}

// (self, out): of all elements.
template <template <typename> class Extreme>
void reduce_all(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tt")) return;
  const Tensor& self = tensor(arguments, 0);
  reduce(context, reduction_to<Extreme, RealsAndBool>(self, all_dimensions(self)), tensor(arguments, 1));
}

// (self, dims, keepdim, out).
template <template <typename> class Extreme>
void reduce_along(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tlbt")) return;
  const Tensor& self = tensor(arguments, 0);
  Dimensions reduced;
  reduced.keep = boolean(arguments, 2);
  if (!dimensions(context, integers(arguments, 1), self, reduced)) return;
  reduce(context, reduction_to<Extreme, RealsAndBool>(self, reduced), tensor(arguments, 3));
}

// The dimension of (self, dim or None, keepdim, ...). False: the call has failed.
inline bool one_dimension(KernelRuntimeContext& context, Arguments arguments, Dimensions& reduced) {
  reduced.keep = boolean(arguments, 2);
  return dimension(context, *arguments[1], tensor(arguments, 0), reduced);
}

// (self, dim, keepdim, out, places).
template <template <typename> class Placed>
void reduce_with_places(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tibtt")) return;
  const Tensor& self = tensor(arguments, 0);
  Dimensions reduced;
  if (!one_dimension(context, arguments, reduced)) return;
  Reduction call = reduction_to<Placed, RealsAndBool>(self, reduced);
  call.second = &tensor(arguments, 4);
  call.second_result = ScalarType::Long;
  reduce(context, call, tensor(arguments, 3));
}

// (self, dim or None, keepdim, places).
template <template <typename> class Place>
void reduce_to_places(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tIbt")) return;
  const Tensor& self = tensor(arguments, 0);
  Dimensions reduced;
  if (!one_dimension(context, arguments, reduced)) return;
  Reduction call = reduction_to<Place, Reals>(self, reduced);
  call.result = ScalarType::Long;
  call.in_order = true;
  reduce(context, call, tensor(arguments, 3));
}

}  // namespace
}  // namespace etbuild::kernels
