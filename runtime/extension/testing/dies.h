// Whether a call ends the process: it is made in a child, where the system has such.

#pragma once

#include "check.h"

#ifdef __linux__

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace etbuild::testing {

template <typename Call>
bool dies(const Call& call) {
  std::fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    // Nobody reads why.
    const int nowhere = open("/dev/null", O_WRONLY);
    dup2(nowhere, STDERR_FILENO);
    call();
    _exit(0);
  }
  int status = 0;
  return child > 0 && waitpid(child, &status, 0) == child && status != 0;
}

}  // namespace etbuild::testing

#define CHECK_DIES(...) CHECK(::etbuild::testing::dies([&] { static_cast<void>(__VA_ARGS__); }))

#else

#define CHECK_DIES(...) static_cast<void>(0)

#endif
