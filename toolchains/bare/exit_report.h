// How much of the stack a program took, for start-up code: what paints it, and what is said at the end, and how.
#pragma once

#include <stdint.h>

// What unused words of the stack hold.
#define BARE_PAINT 0xA5A5A5A5u

// Where the paint begins: below the stack's limit where no processor guards what lies there.
char* bare_painted(void);

// Writes to the host's errors.
void bare_write_text(const char* text);

// Says on the host's errors how much of the stack was used, and returns what the program's exit code is: `code`, or
// BARE_FAULT if the stack outgrew its place where no processor saw it.
int bare_report_stack(int code);
