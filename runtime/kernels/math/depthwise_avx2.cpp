// Depthwise convolution with 256-bit vectors; chosen at run time, as not every x86-64 has them.

#include "levels.h"

#if ET_KERNELS_X86_LEVELS

#include <cstdint>

#include "depthwise.h"

#include "lanes_avx2.h"

#include "depthwise_body.h"

#include "lanes_end.h"

#endif
