// How large a function's frame may be.

#pragma once

namespace etbuild::kernels::math {

// Where there is no operating system stacks are small, and no frame may step over the guard below them, 2 KiB.
#if defined(__linux__) || defined(__APPLE__) || defined(_WIN32) || defined(__wasi__)
constexpr bool kHasLargeStack = true;
#else
constexpr bool kHasLargeStack = false;
#endif

}  // namespace etbuild::kernels::math
