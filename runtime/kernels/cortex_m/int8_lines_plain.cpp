// Lines of int8 images, for every processor.

#include "int8_lines.h"
#include "quads_plain.h"
// What follows needs them.
#include "lines_body.h"
