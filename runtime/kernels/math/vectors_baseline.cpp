// Functions of rows with what every CPU of its kind has.

#include <math.h>

#include <cstdint>

#include "levels.h"
#include "vectors_levels.h"

#include "lanes_baseline.h"

#include "lanes_end.h"
#include "vectors_body.h"
