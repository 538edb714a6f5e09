// Elements of whatever scalar type: how one becomes another, and what the headers' switches over types report to where
// there is no kernel that could fail.

#pragma once

#include <executorch/runtime/core/error.h>
#include <executorch/runtime/platform/assert.h>

namespace executorch::extension::internal {

struct SwitchContext {
  [[noreturn]] void fail(runtime::Error /*error*/) { ET_CHECK_MSG(false, "The scalar type has no numbers"); }
};

// A number as another type has it. Half and BFloat16 are made of what the compiler takes for their constructors' type.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wfloat-conversion"
template <typename To, typename From>
To cast_element(const From& value) {
  return static_cast<To>(value);
}
#pragma GCC diagnostic pop

}  // namespace executorch::extension::internal
