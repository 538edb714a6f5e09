// What differs between what a kernel wrote and what ATen answered.

#pragma once

#include <string>

#include "call_arguments.h"
#include "calls_file.h"

namespace etbuild::proof {

// Says the first difference of this output, or nothing: sizes, then elements. NaN equals NaN.
std::string difference(GuardedTensor& output, const RecordedCall& call);

// The name of a ScalarType, such as "Float".
const char* dtype_name(int dtype);

// Such as "[2,3]".
std::string sizes_text(const int32_t* sizes, size_t rank);

}  // namespace etbuild::proof
