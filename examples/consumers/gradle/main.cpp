// Adds two tensors.
#include <cstdio>

#include "examples/hello/tensor.h"

int main() {
  float left[] = {1, 2}, right[] = {3, 4}, sums[2];
  hello::Tensor out = {sums, {2}, 1};
  const bool added = hello::add({left, {2}, 1}, {right, {2}, 1}, out);
  std::printf("%g %g\n", sums[0], sums[1]);
  return added ? 0 : 1;
}
