// Holds an output against what the model gave, to 1e-5.

#pragma once

#include <executorch/runtime/core/exec_aten/exec_aten.h>

#include <cmath>
#include <cstring>

#include "programs.h"
#include "runtime/testing/check.h"

inline void expect_output(const executorch::aten::Tensor& output, const programs::Bytes& expected) {
  CHECK(output.nbytes() == expected.size);
  for (size_t at = 0; at < expected.size / sizeof(float); ++at) {
    float wanted = 0.0F;
    std::memcpy(&wanted, static_cast<const uint8_t*>(expected.data) + at * sizeof wanted, sizeof wanted);
    CHECK(std::fabs(output.const_data_ptr<float>()[at] - wanted) < 1e-5F);
  }
}
