// Runs two methods whose work an accelerator does: one after the other, then both at once. Nothing waits in between:
// the loop at the end is where an app would draw, read sensors, or sleep until an interrupt.
#include <executorch/extension/data_loader/file_data_loader.h>
#include <executorch/runtime/executor/program.h>
#include <executorch/runtime/platform/runtime.h>

#include <chrono>
#include <cstdio>
#include <utility>

#include "accelerator.h"

using etbuild::PollingMethod;
using executorch::aten::ScalarType;
using executorch::aten::Tensor;
using executorch::aten::TensorImpl;
using executorch::extension::FileDataLoader;
using executorch::runtime::Error;
using executorch::runtime::EValue;
using executorch::runtime::HierarchicalAllocator;
using executorch::runtime::MemoryAllocator;
using executorch::runtime::MemoryManager;
using executorch::runtime::Method;
using executorch::runtime::Program;
using executorch::runtime::Result;
using executorch::runtime::Span;

namespace {

// Memory for one method.
struct Memory {
  alignas(16) uint8_t planned[64];
  alignas(16) uint8_t room[4096];
  Span<uint8_t> span{planned, sizeof planned};
  MemoryAllocator allocator{sizeof room, room};
  HierarchicalAllocator arena{{&span, 1}};
  MemoryManager manager{&allocator, &arena};
};

Error give(Method& method, float number) {
  float data[] = {number, number, number, number};
  int32_t sizes[] = {2, 2};
  uint8_t dim_order[] = {0, 1};
  int32_t strides[] = {2, 1};
  TensorImpl impl(ScalarType::Float, 2, sizes, data, dim_order, strides);
  return method.set_input(EValue(Tensor(&impl)), 0);
}

float answer(const Method& method) { return method.get_output(0).toTensor().const_data_ptr<float>()[0]; }

double milliseconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

// Polls both until both have ended; counts how often the processor was free for something else.
Result<int> run_both(Method& first, Method& second) {
  PollingMethod left(&first);
  PollingMethod right(&second);
  bool left_done = false;
  bool right_done = false;
  int free = 0;
  for (; !left_done || !right_done; ++free) {
    for (auto [method, done] : {std::pair(&left, &left_done), std::pair(&right, &right_done)}) {
      if (*done) continue;
      const auto ended = method->poll();
      if (!ended.ok()) return ended.error();
      *done = *ended;
    }
  }
  return free;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return std::fprintf(stderr, "usage: two_delegates PROGRAM\n"), 1;
  executorch::runtime::runtime_init();
  static Accelerator accelerator;
  if (executorch::runtime::register_backend({"TestBackend", &accelerator}) != Error::Ok) return 1;
  auto loader = FileDataLoader::from(argv[1]);
  if (!loader.ok()) return 1;
  auto program = Program::load(&*loader);
  if (!program.ok()) return 1;
  Memory memory[2];
  auto first = program->load_method("one", &memory[0].manager);
  auto second = program->load_method("one", &memory[1].manager);
  if (!first.ok() || !second.ok()) return 1;

  if (give(*first, 1) != Error::Ok || give(*second, 10) != Error::Ok) return 1;
  auto start = std::chrono::steady_clock::now();
  if (first->execute() != Error::Ok || second->execute() != Error::Ok) return 1;
  std::printf("one after the other  %5.0f ms\n", milliseconds_since(start));
  if (Accelerator::most_at_work() != 1) return 2;

  if (give(*first, 2) != Error::Ok || give(*second, 20) != Error::Ok) return 1;
  start = std::chrono::steady_clock::now();
  const auto free = run_both(*first, *second);
  if (!free.ok()) return 1;
  std::printf("both at once         %5.0f ms, the processor was free %d times\n", milliseconds_since(start), *free);
  std::printf("answers              %g and %g\n", answer(*first), answer(*second));
  return Accelerator::most_at_work() == 2 && answer(*first) == 3 && answer(*second) == 21 ? 0 : 2;
}
