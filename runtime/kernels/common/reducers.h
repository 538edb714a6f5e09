// Reducers made of accumulators: what a reduction keeps for each of kSlots outputs, by the dtype that it computes in.
//
//     template <typename T>
//     struct Product {
//       void begin(int64_t slots);
//       void take_run(int64_t slot, const T* from, int64_t count, int64_t index);
//       void take_row(const T* from, int64_t count, int64_t index);
//       void finish(int64_t count, int64_t reduced, const void* parameters, void* results, void* seconds);
//       …
//     };
//     call.reducer = reducer_of<Product, Types<float, double, int64_t>>(call.compute);

#pragma once

#include <new>

#include "reduce.h"
#include "selection.h"

namespace etbuild::kernels {
namespace {

template <typename Accumulator, typename Element>
struct ReducerOf {
  static_assert(sizeof(Accumulator) <= kTileBytes);

  static Accumulator& of(void* tile) { return *static_cast<Accumulator*>(tile); }
  static void begin(void* tile, int64_t slots) { (new (tile) Accumulator)->begin(slots); }
  static void take_run(void* tile, int64_t slot, const void* from, int64_t count, int64_t index) {
    of(tile).take_run(slot, static_cast<const Element*>(from), count, index);
  }
  static void take_row(void* tile, const void* from, int64_t count, int64_t index) {
    of(tile).take_row(static_cast<const Element*>(from), count, index);
  }
  static void finish(void* tile, int64_t count, int64_t reduced, const void* parameters, void* results, void* seconds) {
    of(tile).finish(count, reduced, parameters, results, seconds);
  }

  static constexpr Reducer kReducer = {begin, take_run, take_row, finish};
};

// The reducer for a dtype of the list, or null.
template <template <typename> class Accumulator, typename Elements>
const Reducer* reducer_of(ScalarType type) {
  const Reducer* reducer = nullptr;
  visit(type, Elements(),
        [&](auto element) { reducer = &ReducerOf<Accumulator<decltype(element)>, decltype(element)>::kReducer; });
  return reducer;
}

// Of those that sum up: all whole numbers as int64_t.
template <template <typename> class Accumulator>
const Reducer* wide_reducer_of(ScalarType type) {
  if constexpr (is_any_whole_selected()) {
    if (type == ScalarType::Long) return &ReducerOf<Accumulator<int64_t>, int64_t>::kReducer;
  }
  return reducer_of<Accumulator, Types<float, double, std::complex<float>, std::complex<double>, bool>>(type);
}

// What is summed up in, for an output of this dtype; bools: by or.
constexpr ScalarType summed_in(ScalarType out) { return is_integer(out) ? ScalarType::Long : computed_in(out); }

}  // namespace
}  // namespace etbuild::kernels
