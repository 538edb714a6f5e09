// Whether a program was lowered for this processor's extensions: it says for which, by the constant method
// `et_profile`.
//
// A build refuses to link a program of another profile into an image. This is for programs that come otherwise, such as
// over the air: scratch memory for DSP is too little for kernels of MVE.

#pragma once

#include <executorch/runtime/executor/program.h>

namespace etbuild {

// What this platform wants: `cortex_m-mve`, `cortex_m-dsp` or `cortex_m-scalar`.
const char* cortex_m_profile();

// NotSupported for a program of another profile, Ok for one of this or of none, and else why it cannot be told. Takes
// 2 KiB of stack. To be called before a method is loaded.
executorch::runtime::Error check_profile(const executorch::runtime::Program& program);

}  // namespace etbuild
