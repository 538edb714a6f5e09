// What programs on bare metal may ask of the start-up code. C and C++. Everything else of it runs before main.
//
// Start-up: stack limit and floating-point unit on, stack painted, .data copied, .bss cleared, constructors run, then
// main(argc, argv) with the words that the debugger or emulator was given. main's value ends the program; its last line
// on the host's errors is `stack <peak> of <size> bytes`.
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// What a program's exit code is after a processor fault, after abort() and the like, and when no memory is left.
enum { BARE_FAULT = 139, BARE_ABORT = 134, BARE_NO_MEMORY = 137 };

// The streams that a host offers by semihosting.
enum { BARE_OUTPUT = 1, BARE_ERRORS = 2 };

// Writes to the host's standard output or errors. Needs a debugger or emulator that serves semihosting.
void bare_write(int stream, const char* text, size_t size);

// Reads the beginning of a file of the host, and returns how long it is; -1 if it cannot be read.
ptrdiff_t bare_read_file(const char* path, void* to, size_t size);

// Ends the program; the emulator ends with this exit code. Runs no destructors: exit() does, and then comes here.
void bare_exit(int code) __attribute__((noreturn));

// Ends the program as a fault would, with a line on the host's errors that gives the reason.
void bare_panic(const char* reason) __attribute__((noreturn));

// The most bytes of stack that were ever in use, of those that there are: unused words still hold the paint.
size_t bare_stack_peak(void);
size_t bare_stack_size(void);

#ifdef __cplusplus
}
#endif
