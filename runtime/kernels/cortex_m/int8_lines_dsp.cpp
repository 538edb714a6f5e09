// Lines of int8 images by Arm's DSP extension.

#include "int8_lines.h"

#if ET_INT8_DSP
#include "quads_dsp.h"
// What follows needs them.
#include "lines_body.h"
#endif
