// The kernels under test are those of a catalogue: KERNELS gives their table, KERNELS_HEADER declares it.

#include KERNELS_HEADER
#include "replay.h"

executorch::runtime::Span<const executorch::runtime::Kernel> etbuild::proof::kernels_under_test() {
  return programs::KERNELS();
}
