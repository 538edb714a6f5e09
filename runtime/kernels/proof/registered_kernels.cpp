// The kernels under test are those of the global registry: the official library's, where that is linked.

#include "replay.h"

executorch::runtime::Span<const executorch::runtime::Kernel> etbuild::proof::kernels_under_test() {
  return executorch::runtime::get_registered_kernels();
}
