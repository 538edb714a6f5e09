// The threads of the runtime for the mathematics, which knows none.

#pragma once

#include "parallel.h"

namespace etbuild::kernels {

// All that parallel_for has.
math::Parallel worker_threads();

}  // namespace etbuild::kernels
