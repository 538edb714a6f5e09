// Says whether an operating system with a C library is below (ET_HOSTED = 1), or nothing is (0). `-DET_HOSTED=…`
// overrides.

#pragma once

#ifndef ET_HOSTED
#if defined(__unix__) || defined(__APPLE__) || defined(_WIN32) || defined(__wasi__) || defined(__EMSCRIPTEN__)
#define ET_HOSTED 1
#else
#define ET_HOSTED 0
#endif
#endif
