// Says hello, multiplies two matrices, and ends with the exit code that its argument names.
#include <cstdio>
#include <cstdlib>

#include "examples/hello/hello.h"
#include "examples/hello/tensor.h"

namespace {

// A global whose constructor must have run before main.
struct Counter {
  int value;
  Counter() : value(std::atoi("41") + 1) {}
} counter;

}  // namespace

int main(int argc, char** argv) {
  std::printf("hello from %s, system %s, %d bits\n", hello::processor(), hello::system(), hello::pointer_bits());
  float left[] = {1, 2, 3, 4, 5, 6}, right[] = {1, 0, 0, 1, 1, 1}, product[4] = {};
  hello::Tensor out{product, {2, 2}, 2};
  if (!hello::multiply({left, {2, 3}, 2}, {right, {3, 2}, 2}, out) || counter.value != 42) return 1;
  for (float value : product) std::printf("%d ", static_cast<int>(value));
  std::printf("\n");
  return argc > 1 ? std::atoi(argv[1]) : 0;
}
