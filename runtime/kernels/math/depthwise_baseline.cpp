// Depthwise convolution with what every CPU of its kind has.

#include "levels.h"

#if ET_KERNELS_SIMD >= 1

#include <cstdint>

#include "depthwise.h"

#include "lanes_baseline.h"

#include "depthwise_body.h"

#include "lanes_end.h"

#endif
