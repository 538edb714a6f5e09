// Several threads, each with methods of its own over one const Program: what -c tsan watches.
#include <executorch/extension/data_loader/file_data_loader.h>
#include <executorch/extension/flat_tensor/flat_tensor_data_map.h>
#include <executorch/runtime/executor/program.h>
#include <executorch/runtime/platform/runtime.h>

#include <atomic>
#include <memory>
#include <thread>

#include "check.h"
#include "program_kernels.h"
#include "ptd_file.h"
#include "scratch_file.h"

using etbuild::testing::PtdFile;
using etbuild::testing::ScratchFile;
using executorch::aten::ScalarType;
using executorch::aten::Tensor;
using executorch::aten::TensorImpl;
using executorch::extension::FileDataLoader;
using executorch::extension::FlatTensorDataMap;
using executorch::runtime::Error;
using executorch::runtime::EValue;
using executorch::runtime::HierarchicalAllocator;
using executorch::runtime::MemoryAllocator;
using executorch::runtime::MemoryManager;
using executorch::runtime::Program;
using executorch::runtime::Span;

namespace {

constexpr int kThreads = 4;
constexpr int kRounds = 25;

struct Shared {
  const Program& program;
  const FlatTensorDataMap& weights;
};

// Adds the weights, of which there are four 1s, to `number`, by a method that is loaded for this.
bool add_weights(const Shared& shared, float number) {
  std::vector<uint8_t> memory(32);
  Span<uint8_t> span(memory.data(), memory.size());
  alignas(16) uint8_t room[8192];
  MemoryAllocator allocator(sizeof room, room);
  HierarchicalAllocator planned({&span, 1});
  MemoryManager manager(&allocator, &planned);
  auto meta = shared.program.method_meta("weighted");
  if (!meta.ok() || meta->num_inputs() != 1) return false;
  auto method = shared.program.load_method("weighted", &manager, nullptr, &shared.weights);
  if (!method.ok()) return false;
  float data[4] = {number, number, number, number};
  int32_t sizes[] = {2, 2};
  uint8_t dim_order[] = {0, 1};
  int32_t strides[] = {2, 1};
  TensorImpl impl(ScalarType::Float, 2, sizes, data, dim_order, strides);
  for (int repeat = 0; repeat < 3; ++repeat) {
    if (method->set_input(EValue(Tensor(&impl)), 0) != Error::Ok || method->execute() != Error::Ok) return false;
    if (method->get_output(0).toTensor().const_data_ptr<float>()[3] != number + 1) return false;
  }
  return true;
}

}  // namespace

TEST(methods_of_one_program_run_on_several_threads) {
  PtdFile ptd;
  const float ones[] = {1, 1, 1, 1};
  ptd.data.resize(sizeof ones);
  std::memcpy(ptd.data.data(), ones, sizeof ones);
  ptd.segments = {{0, sizeof ones}};
  ptd.named = {{"weight", 0, true, 6, {2, 2}, {0, 1}}};
  const ScratchFile file("concurrent_methods_test.ptd", ptd.bytes());
  auto weights_loader = FileDataLoader::from(file.name());
  auto weights = FlatTensorDataMap::load(&*weights_loader);
  auto loader = FileDataLoader::from("runtime/extension/testing/methods.pte");
  auto program = Program::load(&*loader, Program::Verification::InternalConsistency);
  CHECK(weights.ok() && program.ok());
  const Shared shared = {*program, *weights};
  std::atomic<int> right{0};
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&shared, &right, thread] {
      for (int round = 0; round < kRounds; ++round) right += add_weights(shared, static_cast<float>(thread + round));
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(right == kThreads * kRounds);
}

int main() {
  executorch::runtime::runtime_init();
  etbuild::testing::register_program_kernels();
  return etbuild::testing::run_all();
}
