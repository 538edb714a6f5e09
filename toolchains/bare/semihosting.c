// Calls to the debugger or emulator that stands by: output, files, exit code, command line. Knows nothing of C's
// streams.
#include "semihosting.h"

#include <string.h>

#include "bare.h"

enum { SYS_OPEN = 0x01, SYS_CLOSE = 0x02, SYS_WRITE = 0x05, SYS_READ = 0x06, SYS_FLEN = 0x0C };
enum { SYS_GET_CMDLINE = 0x15, SYS_EXIT_EXTENDED = 0x20 };
enum { MODE_READ = 1, MODE_WRITE = 4, MODE_APPEND = 8 };  // The last two of ":tt": standard output, standard errors.
static const uintptr_t kApplicationExit = 0x20026;

static intptr_t call(intptr_t operation, const void* argument) {
#if defined(__riscv)
  register intptr_t a0 __asm__("a0") = operation;
  register const void* a1 __asm__("a1") = argument;
  // The three must be uncompressed and on one page: that is how a debugger tells this call from a breakpoint.
  __asm__ volatile(
      ".balign 16\n .option push\n .option norvc\n"
      "slli zero, zero, 0x1f\n ebreak\n srai zero, zero, 7\n"
      ".option pop\n"
      : "+r"(a0)
      : "r"(a1)
      : "memory");
  return a0;
#else
  register intptr_t r0 __asm__("r0") = operation;
  register const void* r1 __asm__("r1") = argument;
  __asm__ volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
  return r0;
#endif
}

static intptr_t handle(int stream) {
  // Each with its complement: where they are none, it is not open yet, or a stack that outgrew its place wrote over it.
  static intptr_t handles[2][2];
  intptr_t* known = handles[stream == BARE_ERRORS];
  if (known[1] != ~known[0]) {
    const uintptr_t terminal[3] = {(uintptr_t) ":tt", stream == BARE_ERRORS ? MODE_APPEND : MODE_WRITE, 3};
    known[0] = call(SYS_OPEN, terminal);
    known[1] = ~known[0];
  }
  return known[0];
}

void bare_write(int stream, const char* text, size_t size) {
  const uintptr_t arguments[3] = {(uintptr_t)handle(stream), (uintptr_t)text, size};
  call(SYS_WRITE, arguments);
}

ptrdiff_t bare_read_file(const char* path, void* to, size_t size) {
  const uintptr_t name[3] = {(uintptr_t)path, MODE_READ, strlen(path)};
  const intptr_t file = call(SYS_OPEN, name);
  if (file == -1) return -1;
  const uintptr_t opened[1] = {(uintptr_t)file};
  intptr_t length = call(SYS_FLEN, opened);
  const uintptr_t arguments[3] = {(uintptr_t)file, (uintptr_t)to, length < (intptr_t)size ? (uintptr_t)length : size};
  if (length > 0 && size > 0 && call(SYS_READ, arguments) != 0) length = -1;  // It gives the bytes that are missing.
  call(SYS_CLOSE, opened);
  return length;
}

void bare_exit(int code) {
  const uintptr_t arguments[2] = {kApplicationExit, (uintptr_t)code};
  for (;;) {
    call(SYS_EXIT_EXTENDED, arguments);
  }
}

size_t semihosting_command_line(char* text, size_t size) {
  uintptr_t arguments[2] = {(uintptr_t)text, size};
  text[0] = '\0';
  return call(SYS_GET_CMDLINE, arguments) == 0 ? arguments[1] : 0;
}
