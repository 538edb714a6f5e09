// runtime_rounds: what a runtime takes, for runtime_speed.py. Each line of stdin is a question, each of stdout an
// answer:
//
//     dispatch FILE        nanoseconds of one execution, the quickest of many
//     load FILE            nanoseconds of Program::load and load_method("forward"), the quickest of many
//     verify FILE          the same, with InternalConsistency
//     bytes FILE           what load_method takes of the method allocator, in bytes
//     start FILE           microseconds from opening a mapped file to a loaded method, and kilobytes of RSS then
//
// The operators of FILE are test::one.out and test::two.out, whose kernels do nothing.

#include <executorch/extension/data_loader/buffer_data_loader.h>
#include <executorch/extension/data_loader/mmap_data_loader.h>
#include <executorch/runtime/executor/program.h>
#include <executorch/runtime/platform/platform.h>
#include <executorch/runtime/platform/runtime.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

namespace {

namespace et = executorch::runtime;
using Verification = et::Program::Verification;

constexpr size_t kMethodBytes = 16U << 20U;
constexpr int kTimes = 20;

void nothing(et::KernelRuntimeContext&, et::Span<et::EValue*>) {}
void silence(et_timestamp_t, et_pal_log_level_t, const char*, const char*, size_t, const char*, size_t) {}

double now() {
  return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

[[noreturn]] void fail(const char* what, et::Error error) {
  std::fprintf(stderr, "%s: %s\n", what, et::to_string(error));
  std::exit(1);
}

// The file at an address that suits any segment.
class File {
 public:
  explicit File(const std::string& path) {
    std::ifstream stream(path, std::ios::binary);
    const std::vector<char> read{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    bytes_.resize(read.size() + kAlignment);
    const auto address = reinterpret_cast<uintptr_t>(bytes_.data());
    data_ = bytes_.data() + (kAlignment - address % kAlignment) % kAlignment;
    std::copy(read.begin(), read.end(), data_);
    size_ = read.size();
  }
  const void* data() const { return data_; }
  size_t size() const { return size_; }

 private:
  static constexpr size_t kAlignment = 128;
  std::vector<char> bytes_;
  char* data_ = nullptr;
  size_t size_ = 0;
};

// A method's memory; counts what is asked of it.
class Counting final : public et::MemoryAllocator {
 public:
  Counting() : Counting(new uint8_t[kMethodBytes]) {}
  void* allocate(size_t size, size_t alignment) override {
    void* made = et::MemoryAllocator::allocate(size, alignment);
    end_ = std::max(end_, static_cast<size_t>(static_cast<uint8_t*>(made) + size - memory_.get()));
    return made;
  }
  void clear() {
    reset();
    end_ = 0;
  }
  size_t used() const { return end_; }

 private:
  explicit Counting(uint8_t* memory)
      : et::MemoryAllocator(static_cast<uint32_t>(kMethodBytes), memory), memory_(memory) {}
  std::unique_ptr<uint8_t[]> memory_;
  size_t end_ = 0;
};

class Memory {
 public:
  explicit Memory(const et::Program& program) {
    const auto meta = program.method_meta("forward");
    if (!meta.ok()) fail("method_meta", meta.error());
    for (size_t i = 0; i < meta->num_memory_planned_buffers(); ++i) {
      arenas_.emplace_back(static_cast<size_t>(*meta->memory_planned_buffer_size(i)));
    }
    for (auto& arena : arenas_) spans_.emplace_back(arena.data(), arena.size());
    planned_ = std::make_unique<et::HierarchicalAllocator>(et::Span<et::Span<uint8_t>>(spans_.data(), spans_.size()));
  }
  et::Result<et::Method> load(const et::Program& program) {
    method_.clear();
    manager_ = std::make_unique<et::MemoryManager>(&method_, planned_.get());
    auto method = program.load_method("forward", manager_.get());
    if (!method.ok()) fail("load_method", method.error());
    return method;
  }
  size_t used() const { return method_.used(); }

 private:
  std::vector<std::vector<uint8_t>> arenas_;
  std::vector<et::Span<uint8_t>> spans_;
  std::unique_ptr<et::HierarchicalAllocator> planned_;
  Counting method_;
  std::unique_ptr<et::MemoryManager> manager_;
};

et::Result<et::Program> load(et::DataLoader* loader, Verification verification = Verification::Minimal) {
  auto program = et::Program::load(loader, verification);
  if (!program.ok()) fail("Program::load", program.error());
  return program;
}

double dispatch(const std::string& path) {
  const File file(path);
  executorch::extension::BufferDataLoader loader(file.data(), file.size());
  const auto program = load(&loader);
  Memory memory(*program);
  auto method = memory.load(*program);
  float input[1] = {1};
  int32_t sizes[1] = {1};
  uint8_t order[1] = {0};
  int32_t strides[1] = {1};
  executorch::aten::TensorImpl impl(executorch::aten::ScalarType::Float, 1, sizes, input, order, strides);
  const et::Error set = method->set_input(et::EValue(executorch::aten::Tensor(&impl)), 0);
  if (set != et::Error::Ok) fail("set_input", set);
  double best = 1e18;
  for (int time = 0; time < kTimes * 50; ++time) {
    const double start = now();
    const et::Error error = method->execute();
    best = std::min(best, now() - start);
    if (error != et::Error::Ok) fail("execute", error);
  }
  return best;
}

double load_time(const std::string& path, Verification verification) {
  const File file(path);
  executorch::extension::BufferDataLoader loader(file.data(), file.size());
  const auto first = load(&loader);
  Memory memory(*first);
  double best = 1e18;
  for (int time = 0; time < kTimes; ++time) {
    const double start = now();
    const auto program = load(&loader, verification);
    const auto method = memory.load(*program);
    best = std::min(best, now() - start);
  }
  return best;
}

double method_bytes(const std::string& path) {
  const File file(path);
  executorch::extension::BufferDataLoader loader(file.data(), file.size());
  const auto program = load(&loader);
  Memory memory(*program);
  const auto method = memory.load(*program);
  return static_cast<double>(memory.used());
}

double resident_kilobytes() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    double kilobytes = 0;
    if (word == "VmRSS:" && status >> kilobytes) return kilobytes;
  }
  return 0;
}

std::string start(const std::string& path) {
  const double begin = now();
  auto loader = executorch::extension::MmapDataLoader::from(
      path.c_str(), executorch::extension::MmapDataLoader::MlockConfig::NoMlock);
  if (!loader.ok()) fail("MmapDataLoader", loader.error());
  const auto program = load(&loader.get());
  Memory memory(*program);
  const auto method = memory.load(*program);
  const double took = now() - begin;
  return std::to_string(took / 1000) + " " + std::to_string(resident_kilobytes());
}

std::string answer(const std::string& question, const std::string& path) {
  if (question == "dispatch") return std::to_string(dispatch(path));
  if (question == "load") return std::to_string(load_time(path, Verification::Minimal));
  if (question == "verify") return std::to_string(load_time(path, Verification::InternalConsistency));
  if (question == "bytes") return std::to_string(method_bytes(path));
  return start(path);
}

}  // namespace

int main() {
  et::register_pal(et::PalImpl::create(silence, __FILE__));
  et::runtime_init();
  static const et::Kernel kKernels[] = {et::Kernel("test::one.out", nothing), et::Kernel("test::two.out", nothing)};
  if (et::register_kernels({kKernels, 2}) != et::Error::Ok) return 1;
  for (std::string question, path; std::cin >> question >> path;) std::cout << answer(question, path) << std::endl;
  return 0;
}
