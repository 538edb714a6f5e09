// Random numbers that are the same on each run and each platform: number i of stream s is a hash of both (splitmix64).
// Each call of an operator takes the next stream; programs have no seed.

#pragma once

#include "arguments.h"

namespace etbuild::kernels {

class Random {
 public:
  // The next stream of this process.
  Random();

  // Uniform in [0, 1), a multiple of 2^-bits; bits are up to 53.
  double uniform(int bits);

  // Of the standard normal distribution.
  double normal();

 private:
  uint64_t next();

  uint64_t state_;
};

// How many bits of a number in [0, 1) a floating dtype holds wherever it is: with more, one could be rounded to 1.
int exact_bits(ScalarType type);

// Sets each element, in the order of memory, to what is drawn. False if the call has failed: with NotSupported, if the
// dtype is not floating.
bool fill_random(KernelRuntimeContext& context, Tensor& out, double (*draw)(Random& random, ScalarType type));

}  // namespace etbuild::kernels
