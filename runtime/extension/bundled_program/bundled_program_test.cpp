// Bundled programs: one that is made here, changed at will, and one that the wheel's own Python made.
#include "bundled_program.h"

#include <executorch/extension/data_loader/buffer_data_loader.h>
#include <executorch/runtime/executor/program.h>
#include <executorch/runtime/platform/runtime.h>

#include <cmath>
#include <functional>
#include <limits>
#include <memory>

#include "check.h"
#include "flat_writer.h"
#include "program_kernels.h"

using etbuild::BundledProgram;
using etbuild::Comparison;
using etbuild::Tolerance;
using etbuild::testing::FlatWriter;
using executorch::extension::BufferDataLoader;
using executorch::runtime::Error;
using executorch::runtime::EValue;
using executorch::runtime::HierarchicalAllocator;
using executorch::runtime::Kernel;
using executorch::runtime::KernelRuntimeContext;
using executorch::runtime::MemoryAllocator;
using executorch::runtime::MemoryManager;
using executorch::runtime::Method;
using executorch::runtime::Program;
using executorch::runtime::Result;
using executorch::runtime::Span;

namespace {

using Bytes = std::vector<uint8_t>;

Bytes read_file(const char* path) {
  Bytes bytes;
  std::FILE* file = std::fopen(path, "rb");
  CHECK(file != nullptr);
  if (file == nullptr) return bytes;
  for (int byte = std::fgetc(file); byte != EOF; byte = std::fgetc(file)) bytes.push_back(static_cast<uint8_t>(byte));
  std::fclose(file);
  return bytes;
}

// A tensor or whole number of a case.
struct Item {
  std::vector<float> numbers;
  std::vector<int32_t> sizes = {2, 2};
  int64_t whole = 0;
  bool is_tensor = true;
  int8_t type = 6;
  std::vector<uint8_t> dim_order = {0, 1};
};

struct Bundle {
  std::string method = "forward";
  std::vector<Item> inputs = {{{1, 2, 3, 4}}, {{10, 20, 30, 40}}};
  std::vector<Item> outputs = {{{11, 22, 33, 44}}};
  uint32_t version = 0;
};

size_t write_items(FlatWriter* writer, const std::vector<Item>& items) {
  const size_t list = writer->references(items.size());
  for (size_t index = 0; index < items.size(); ++index) {
    const Item& item = items[index];
    const size_t value = writer->table({{0, 1, item.is_tensor ? 1u : 2u}, {1, 0, 0}});
    writer->refer(FlatWriter::element(list, index), value);
    if (!item.is_tensor) {
      writer->refer(FlatWriter::field(value, 1), writer->table({{0, 8, static_cast<uint64_t>(item.whole)}}));
      continue;
    }
    const size_t tensor = writer->table({{0, 1, static_cast<uint8_t>(item.type)}, {1, 0, 0}, {2, 0, 0}, {3, 0, 0}});
    writer->refer(FlatWriter::field(value, 1), tensor);
    writer->refer(FlatWriter::field(tensor, 1), writer->vector(item.sizes));
    Bytes data(item.numbers.size() * 4);
    if (!data.empty()) std::memcpy(data.data(), item.numbers.data(), data.size());
    writer->refer(FlatWriter::field(tensor, 2), writer->aligned_bytes(data, 16));
    writer->refer(FlatWriter::field(tensor, 3), writer->vector(item.dim_order));
  }
  return list;
}

Bytes bytes_of(const Bundle& bundle) {
  FlatWriter writer("BP08", 0);
  const size_t root = writer.table({{0, 4, bundle.version}, {1, 0, 0}, {2, 0, 0}});
  writer.root(root);
  const size_t suites = writer.references(1);
  writer.refer(FlatWriter::field(root, 1), suites);
  const size_t suite = writer.table({{0, 0, 0}, {1, 0, 0}});
  writer.refer(FlatWriter::element(suites, 0), suite);
  writer.refer(FlatWriter::field(suite, 0), writer.string(bundle.method));
  const size_t cases = writer.references(1);
  writer.refer(FlatWriter::field(suite, 1), cases);
  const size_t test_case = writer.table({{0, 0, 0}, {1, 0, 0}});
  writer.refer(FlatWriter::element(cases, 0), test_case);
  writer.refer(FlatWriter::field(test_case, 0), write_items(&writer, bundle.inputs));
  writer.refer(FlatWriter::field(test_case, 1), write_items(&writer, bundle.outputs));
  const Bytes program = read_file("runtime/extension/testing/methods.pte");
  writer.refer(FlatWriter::field(root, 2), writer.aligned_bytes(program, BundledProgram::kAlignment));
  return writer.bytes();
}

// A file's bytes, aligned, and what is needed to run a method of it.
class Run final {
 public:
  explicit Run(const Bytes& bytes)
      : data_(static_cast<uint8_t*>(::operator new (bytes.size() + 1, std::align_val_t{64}))), size_(bytes.size()) {
    if (!bytes.empty()) std::memcpy(data_, bytes.data(), bytes.size());
  }
  ~Run() {
    method_.reset();
    ::operator delete (data_, std::align_val_t{64});
  }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  Result<BundledProgram> load() { return BundledProgram::load(data_, size_); }
  const uint8_t* data() const { return data_; }

  // Loads a method of the program within; null if that fails.
  Method* load_method(const BundledProgram& bundle, const char* name) {
    loader_ = std::make_unique<BufferDataLoader>(bundle.program().data(), bundle.program().size());
    auto program = Program::load(loader_.get());
    if (!program.ok()) return nullptr;
    program_ = std::make_unique<Program>(std::move(*program));
    auto meta = program_->method_meta(name);
    if (!meta.ok()) return nullptr;
    for (size_t index = 0; index < meta->num_memory_planned_buffers(); ++index) {
      memory_.emplace_back(static_cast<size_t>(meta->memory_planned_buffer_size(index).get()));
    }
    for (Bytes& memory : memory_) spans_.emplace_back(memory.data(), memory.size());
    planned_ = std::make_unique<HierarchicalAllocator>(Span<Span<uint8_t>>(spans_.data(), spans_.size()));
    manager_ = std::make_unique<MemoryManager>(&allocator_, planned_.get());
    auto method = program_->load_method(name, manager_.get());
    if (!method.ok()) return nullptr;
    method_ = std::make_unique<Method>(std::move(*method));
    return method_.get();
  }

 private:
  uint8_t* data_;
  size_t size_;
  std::unique_ptr<BufferDataLoader> loader_;
  std::unique_ptr<Program> program_;
  std::vector<Bytes> memory_;
  std::vector<Span<uint8_t>> spans_;
  alignas(16) uint8_t room_[8192];
  MemoryAllocator allocator_{sizeof room_, room_};
  std::unique_ptr<HierarchicalAllocator> planned_;
  std::unique_ptr<MemoryManager> manager_;
  std::unique_ptr<Method> method_;
};

// What running the only case of a changed bundle gives.
Result<Comparison> compared(const std::function<void(Bundle&)>& change, const Tolerance& tolerance = Tolerance()) {
  Bundle bundle;
  change(bundle);
  Run run(bytes_of(bundle));
  auto loaded = run.load();
  if (!loaded.ok()) return loaded.error();
  Method* method = run.load_method(*loaded, "forward");
  if (method == nullptr) return Error::Internal;
  const Error error = loaded->load_inputs(*method, 0);
  if (error != Error::Ok) return error;
  CHECK(method->execute() == Error::Ok);
  return loaded->compare_outputs(*method, 0, tolerance);
}

Error error_of(const std::function<void(Bundle&)>& change) { return compared(change).error(); }

}  // namespace

TEST(a_case_that_holds_has_no_differences) {
  const auto comparison = compared([](Bundle&) {});
  CHECK(comparison.ok() && comparison->compared == 4 && comparison->different == 0);
  CHECK(comparison->largest_difference == 0);
}

TEST(differences_are_counted_beyond_the_tolerance) {
  const auto comparison = compared([](Bundle& bundle) { bundle.outputs[0].numbers = {11.5f, 22, 33.001f, 44}; });
  CHECK(comparison.ok() && comparison->different == 2 && std::abs(comparison->largest_difference - 0.5) < 1e-6);
  Tolerance wide;
  wide.absolute = 0.5;
  const auto within = compared([](Bundle& bundle) { bundle.outputs[0].numbers = {11.5f, 22, 33.001f, 44}; }, wide);
  CHECK(within.ok() && within->different == 0);
}

TEST(nan_is_as_expected_where_nan_is) {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const auto comparison = compared([&](Bundle& bundle) {
    bundle.inputs[0].numbers = {kNan, kInfinity, kInfinity, 1};
    bundle.outputs[0].numbers = {kNan, kInfinity, -kInfinity, kNan};
  });
  CHECK(comparison.ok() && comparison->different == 2);
}

TEST(cases_are_found_by_their_method) {
  Run run(bytes_of(Bundle()));
  auto bundle = run.load();
  CHECK(bundle.ok() && bundle->num_cases("forward").get() == 1);
  CHECK(bundle->num_cases("get").error() == Error::NotFound);
  Method* method = run.load_method(*bundle, "forward");
  CHECK(method != nullptr && bundle->load_inputs(*method, 1) == Error::NotFound);
  CHECK(bundle->compare_outputs(*method, 1, Tolerance()).error() == Error::NotFound);
}

TEST(a_case_must_be_one_of_the_method) {
  CHECK(error_of([](Bundle& bundle) { bundle.inputs.pop_back(); }) == Error::InvalidProgram);
  CHECK(error_of([](Bundle& bundle) { bundle.outputs.push_back(bundle.outputs[0]); }) == Error::InvalidProgram);
  CHECK(error_of([](Bundle& bundle) { bundle.inputs[0].is_tensor = false; }) == Error::InvalidArgument);
  CHECK(error_of([](Bundle& bundle) { bundle.outputs[0].is_tensor = false; }) == Error::InvalidProgram);
  CHECK(error_of([](Bundle& bundle) { bundle.outputs[0].sizes = {4, 1}; }) == Error::InvalidProgram);
  CHECK(error_of([](Bundle& bundle) { bundle.outputs[0].type = 3; }) == Error::InvalidProgram);
}

TEST(a_tensor_must_have_the_data_of_its_sizes) {
  CHECK(error_of([](Bundle& bundle) { bundle.inputs[0].numbers.pop_back(); }) == Error::InvalidProgram);
  CHECK(error_of([](Bundle& bundle) { bundle.inputs[0].sizes = {-2, -2}; }) == Error::InvalidProgram);
  CHECK(error_of([](Bundle& bundle) { bundle.inputs[0].dim_order = {0, 0}; }) == Error::InvalidProgram);
  CHECK(error_of([](Bundle& bundle) { bundle.inputs[0].type = 100; }) == Error::InvalidProgram);
  CHECK(error_of([](Bundle& bundle) {
          bundle.inputs[0].sizes = std::vector<int32_t>(17, 1);
          bundle.inputs[0].dim_order = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
        }) == Error::InvalidProgram);
}

TEST(a_bundle_of_the_wheels_tools_is_read) {
  // As exported: (self, other, alpha, out).
  static const Kernel add("aten::add.out", [](KernelRuntimeContext& context, Span<EValue*> args) {
    EValue* values[] = {args[0], args[1], args[3]};
    etbuild::testing::add_kernel(context, {values, 3});
  });
  CHECK(executorch::runtime::register_kernels({&add, 1}) == Error::Ok);
  Run run(read_file("runtime/extension/bundled_program/sum.bpte"));
  auto bundle = run.load();
  CHECK(bundle.ok() && bundle->num_cases("forward").get() == 3);
  Method* method = run.load_method(*bundle, "forward");
  CHECK(method != nullptr);
  for (size_t index = 0; index < 3; ++index) {
    CHECK(bundle->load_inputs(*method, index) == Error::Ok && method->execute() == Error::Ok);
    const auto comparison = bundle->compare_outputs(*method, index, Tolerance());
    CHECK(comparison.ok() && comparison->compared == 4 && comparison->different == 0);
    const auto other = bundle->compare_outputs(*method, (index + 1) % 3, Tolerance());
    CHECK(other.ok() && other->different == 4);
  }
}

TEST(what_is_no_bundle_is_refused) {
  Run newer(bytes_of([] {
    Bundle bundle;
    bundle.version = 3;
    return bundle;
  }()));
  CHECK(newer.load().error() == Error::InvalidProgram);
  Run program(read_file("runtime/extension/testing/methods.pte"));
  CHECK(program.load().error() == Error::InvalidProgram && !BundledProgram::is_bundled(program.data(), 100));
  Run right(bytes_of(Bundle()));
  CHECK(BundledProgram::load(right.data() + 1, 100).error() == Error::InvalidArgument);
  CHECK(BundledProgram::load(nullptr, 0).error() == Error::InvalidArgument);
}

TEST(a_bundle_that_ends_anywhere_is_refused) {
  const Bytes whole = bytes_of(Bundle());
  for (size_t size = 0; size < whole.size(); ++size) {
    Run run(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
    CHECK(!run.load().ok());
  }
}

TEST(any_changed_byte_of_the_cases_is_refused_or_harmless) {
  const Bytes whole = bytes_of(Bundle());
  const size_t before_program = whole.size() - read_file("runtime/extension/testing/methods.pte").size();
  for (size_t place = 0; place < before_program; ++place) {
    for (const int change : {1, 16, 128, 255}) {
      Bytes bytes = whole;
      bytes[place] = static_cast<uint8_t>(bytes[place] ^ change);
      Run run(bytes);
      auto bundle = run.load();
      if (!bundle.ok()) continue;
      Method* method = run.load_method(*bundle, "forward");
      if (method == nullptr || bundle->load_inputs(*method, 0) != Error::Ok) continue;
      CHECK(method->execute() == Error::Ok);
      static_cast<void>(bundle->compare_outputs(*method, 0, Tolerance()));
    }
  }
}

int main() {
  executorch::runtime::runtime_init();
  etbuild::testing::register_program_kernels();
  return etbuild::testing::run_all();
}
