#include "worker_threads.h"

#include <executorch/runtime/kernel/thread_parallel_interface.h>

namespace etbuild::kernels {

math::Parallel worker_threads() {
  const auto run = [](void* /*pool*/, ptrdiff_t count, math::UnitsFn units, void* state) {
    executorch::extension::parallel_for(0, count, 1, [&](int64_t begin, int64_t end) {
      units(state, static_cast<ptrdiff_t>(begin), static_cast<ptrdiff_t>(end),
            static_cast<int>(executorch::extension::get_thread_num()));
    });
  };
  return {static_cast<int>(executorch::extension::get_thread_count()), run, nullptr};
}

}  // namespace etbuild::kernels
