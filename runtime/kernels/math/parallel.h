// How work is spread over threads, as a function that is handed in: this folder starts none itself.

#pragma once

#include <cstddef>
#include <cstdint>

namespace etbuild::kernels::math {

// Does the units [begin, end). `worker` tells apart calls that run at once: 0 <= worker < Parallel::workers.
using UnitsFn = void (*)(void* state, ptrdiff_t begin, ptrdiff_t end, int worker);

// What the units are depends on shapes only, and each writes its own part of the result by itself: neither the number
// of workers nor the order changes a bit. The default runs everything on the calling thread.
struct Parallel {
  int workers = 1;
  // Calls `units` until [0, count) is done, and returns then. Null: on this thread.
  void (*run)(void* pool, ptrdiff_t count, UnitsFn units, void* state) = nullptr;
  void* pool = nullptr;

  void operator()(ptrdiff_t count, UnitsFn units, void* state) const {
    if (count <= 0) return;
    if (run == nullptr || workers <= 1 || count == 1) {
      units(state, 0, count, 0);
    } else {
      run(pool, count, units, state);
    }
  }
};

// Memory to compute in. A function that takes it says how much makes it fast; it works with less, and with none.
struct Scratch {
  void* data = nullptr;
  size_t size = 0;
};

}  // namespace etbuild::kernels::math
