// A greeting that says what it was built for.
#pragma once

namespace hello {

// Returns the name of the processor's architecture, such as "aarch64".
const char* processor();

// Returns the name of the operating system, "none" where there is none.
const char* system();

// Returns how many bits a pointer has.
int pointer_bits();

}  // namespace hello
