// What start-up asks of a debugger or emulator beside output and the exit code, which are in bare.h.
#pragma once

#include <stddef.h>

// Writes the command line, the image's name first, and returns its length; 0 if it is longer than `size`.
size_t semihosting_command_line(char* text, size_t size);
