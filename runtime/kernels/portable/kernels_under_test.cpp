#ifndef KERNELS
#define KERNELS portable_kernels
#define KERNELS_HEADER "portable_kernels.h"
#endif

#include KERNELS_HEADER
#include "replay.h"

executorch::runtime::Span<const executorch::runtime::Kernel> etbuild::proof::kernels_under_test() {
  return programs::KERNELS();
}
