// Says whether code ends in the runtime's abort, and goes on: without processes, and without exceptions.
//
//     CHECK(aborts([] { runtime_abort(); }));
//
// What the code had on its stack is left as it is: no destructor runs. Where a program cannot go on after that, on
// WASI, the code is not run and the answer is yes; a test that looks at what the code did asks kKnowsAborts first.

#pragma once

#ifdef __wasi__

namespace etbuild::testing {

constexpr bool kKnowsAborts = false;

template <typename Code>
bool aborts(const Code&) {
  return true;
}

}  // namespace etbuild::testing

#else

#include <executorch/runtime/platform/platform.h>

#include <csetjmp>

namespace etbuild::testing {

constexpr bool kKnowsAborts = true;

inline std::jmp_buf& place_to_go_on() {
  static std::jmp_buf place;
  return place;
}

inline void go_on() { std::longjmp(place_to_go_on(), 1); }

// Once for all uses.
inline bool register_go_on() {
  using executorch::runtime::PalImpl;
  static const bool registered = executorch::runtime::register_pal(
      PalImpl::create(nullptr, go_on, nullptr, nullptr, nullptr, nullptr, nullptr, "abort_check.h"));
  return registered;
}

template <typename Code>
bool aborts(const Code& code) {
  register_go_on();
  if (setjmp(place_to_go_on()) != 0) return true;
  code();
  return false;
}

}  // namespace etbuild::testing

#endif
