// Kernels that make each element of their output of those along some dimensions of their input.
//
// Elements reach a reducer in runs: of one dtype, dense, converted here. It keeps what it has seen of up to kSlots
// outputs in a tile. Runs of the innermost dimension go into one slot; if that dimension is kept, rows go one element
// into each slot. The order does not depend on the number of threads.

#pragma once

#include "arguments.h"
#include "dtypes.h"
#include "shapes.h"
#include "stacks.h"

namespace etbuild::kernels {

constexpr int64_t kSlots = math::kHasLargeStack ? 32 : 8;
constexpr size_t kTileBytes = kSlots * 2 * sizeof(std::complex<double>);

// What reducers.h makes of an accumulator.
struct Reducer {
  // Makes so many slots ready.
  void (*begin)(void* tile, int64_t slots);
  // Takes elements into one slot; the first is number `index` of those that are reduced to it.
  void (*take_run)(void* tile, int64_t slot, const void* from, int64_t count, int64_t index);
  // Takes an element into each of the first `count` slots; each is number `index`.
  void (*take_row)(void* tile, const void* from, int64_t count, int64_t index);
  // Writes what became of the first `count` slots, of so many elements each; `seconds` for a second output.
  void (*finish)(void* tile, int64_t count, int64_t reduced, const void* parameters, void* results, void* seconds);
};

// The dimensions of a tensor that are reduced: a bit each.
struct Dimensions {
  uint32_t bits = 0;
  bool keep = false;  // As dimensions of size 1.
};

// Those that are listed, or all if none is. False if the call has failed: there is no such dimension, or one is twice.
bool dimensions(KernelRuntimeContext& context, ArrayRef<int64_t> listed, const Tensor& self, Dimensions& reduced);

// One, or all if the argument is None.
bool dimension(KernelRuntimeContext& context, const EValue& listed, const Tensor& self, Dimensions& reduced);

// All.
Dimensions all_dimensions(const Tensor& self);

// How many elements of the input make one of the output.
int64_t reduced_count(const Tensor& self, const Dimensions& reduced);

struct Reduction {
  const Tensor& self;
  Dimensions reduced;
  ScalarType compute;      // What the reducer reads.
  ScalarType result;       // What it writes.
  const Reducer* reducer;  // Null: the dtype is not served, and the call fails with NotSupported.
  const void* parameters = nullptr;
  bool needs_elements = false;  // None to be reduced: the call fails with InvalidArgument.
  bool in_order = false;        // Elements have to come in the order of their indices.
  Tensor* second = nullptr;     // Another output, of dtype `second_result`.
  ScalarType second_result = ScalarType::Undefined;
};

// Resizes the output and computes it. False if the call has failed.
bool reduce(KernelRuntimeContext& context, const Reduction& call, Tensor& out);

}  // namespace etbuild::kernels
