// Module, against what the official library does.
#include <executorch/extension/data_loader/file_data_loader.h>
#include <executorch/extension/memory_allocator/malloc_memory_allocator.h>
#include <executorch/extension/module/module.h>
#include <executorch/extension/tensor/tensor_ptr.h>

#include <string>
#include <typeinfo>

#include "check.h"
#include "program_kernels.h"
#include "ptd_file.h"
#include "scratch_file.h"

using etbuild::testing::program_kernels;
using etbuild::testing::PtdFile;
using etbuild::testing::ScratchFile;
using executorch::extension::FileDataLoader;
using executorch::extension::make_tensor_ptr;
using executorch::extension::MallocMemoryAllocator;
using executorch::extension::Module;
using executorch::extension::TensorPtr;
using executorch::runtime::BackendOptions;
using executorch::runtime::Error;
using executorch::runtime::EValue;
using executorch::runtime::HierarchicalAllocator;
using executorch::runtime::LoadBackendOptionsMap;
using executorch::runtime::Program;
using executorch::runtime::Result;
using executorch::runtime::Span;

namespace {

constexpr const char* kProgram = "runtime/extension/testing/methods.pte";

TensorPtr tensor(std::vector<float> data) { return make_tensor_ptr({2, 2}, std::move(data)); }

bool holds(const EValue& value, const std::vector<float>& data) {
  const float* has = value.toTensor().const_data_ptr<float>();
  return has != nullptr && std::vector<float>(has, has + 4) == data;
}

bool gives(const Result<std::vector<EValue>>& outputs, const std::vector<float>& data) {
  return outputs.ok() && outputs->size() == 1 && holds((*outputs)[0], data);
}

// A file of one tensor of 2x2 floats for each key.
std::vector<uint8_t> weights(const std::vector<std::string>& keys) {
  PtdFile file;
  const std::vector<float> data = {10, 20, 30, 40};
  file.data.assign(reinterpret_cast<const uint8_t*>(data.data()), reinterpret_cast<const uint8_t*>(data.data() + 4));
  file.segments = {{0, 16}};
  for (const std::string& key : keys) file.named.push_back({key, 0, true, 6, {2, 2}, {0, 1}});
  return file.bytes();
}

}  // namespace

TEST(methods_are_loaded_when_they_are_first_needed) {
  Module module(kProgram);
  CHECK(!module.is_loaded() && module.program() == nullptr);
  CHECK(module.load() == Error::Ok && module.is_loaded() && module.load() == Error::Ok);
  CHECK(module.num_methods().get() == 6);
  CHECK(module.method_names()->count("forward") == 1 && module.method_names()->count("nothing") == 0);
  CHECK(!module.is_method_loaded("forward"));
  CHECK(gives(module.forward({tensor({1, 2, 3, 4}), tensor({5, 6, 7, 8})}), {6, 8, 10, 12}));
  CHECK(module.is_method_loaded("forward") && !module.is_method_loaded("get"));
  CHECK(module.unload_forward() && !module.unload_forward() && !module.is_method_loaded("forward"));
  CHECK(gives(module.forward({tensor({1, 1, 1, 1}), tensor({1, 1, 1, 1})}), {2, 2, 2, 2}));
}

TEST(every_way_to_load_a_file_gives_the_same) {
  for (const auto mode : {Module::LoadMode::File, Module::LoadMode::Mmap, Module::LoadMode::MmapUseMlockIgnoreErrors,
                          Module::LoadMode::MmapUseMadvise}) {
#ifdef __wasi__
    if (mode != Module::LoadMode::File) continue;
#endif
    for (const auto verification : {Program::Verification::Minimal, Program::Verification::InternalConsistency}) {
      Module module(kProgram, mode);
      CHECK(module.load(verification) == Error::Ok);
      CHECK(gives(module.forward({tensor({1, 2, 3, 4}), tensor({5, 6, 7, 8})}), {6, 8, 10, 12}));
    }
  }
}

TEST(a_method_without_planned_memory_takes_its_inputs_as_they_are) {
  Module module(kProgram);
  auto out = tensor({0, 0, 0, 0});
  auto in = tensor({-1, 2, -3, 4});
  CHECK(module.set_output("unplanned", *out) == Error::Ok);
  CHECK(gives(module.execute("unplanned", *in), {0, 2, 0, 4}));
  CHECK(holds(EValue(*out), {0, 2, 0, 4}) && holds(module.get_output("unplanned").get(), {0, 2, 0, 4}));
}

TEST(inputs_may_be_set_before) {
  Module module(kProgram);
  CHECK(module.set_input(*tensor({1, 2, 3, 4}), 0) == Error::Ok &&
        module.set_input(*tensor({1, 1, 1, 1}), 1) == Error::Ok);
  CHECK(gives(module.forward(), {2, 3, 4, 5}));
  CHECK(module.set_inputs({*tensor({1, 2, 3, 4}), *tensor({2, 2, 2, 2})}) == Error::Ok);
  CHECK(gives(module.forward(), {3, 4, 5, 6}));
  CHECK(gives(module.get_outputs(), {3, 4, 5, 6}) && holds(module.get("forward").get(), {3, 4, 5, 6}));
}

TEST(what_cannot_be_is_an_error) {
  Module module(kProgram);
  CHECK(module.execute("nothing").error() == Error::InvalidArgument);
  CHECK(module.method_meta("nothing").error() == Error::InvalidArgument);
  CHECK(module.load_method("nothing") == Error::InvalidArgument);
  const auto one = tensor({1, 1, 1, 1});
  CHECK(module.forward({*one, *one, *one}).error() == Error::InvalidArgument);
  CHECK(module.forward({EValue(int64_t{1}), *one}).error() == Error::InvalidArgument);
  CHECK(module.set_input(*one, 2) == Error::InvalidArgument);
  CHECK(module.set_inputs({*one}) == Error::InvalidArgument);
  CHECK(module.set_output(*one, 1) == Error::InvalidArgument);
  CHECK(module.set_output(EValue(int64_t{1})) == Error::InvalidArgument);
  CHECK(module.set_outputs({*one, *one}) == Error::InvalidArgument);
  CHECK(module.get_output(1).error() == Error::InvalidArgument);
  CHECK(module.set_output(*one) == Error::InvalidState);
}

TEST(a_file_that_is_missing_or_no_program_is_an_error) {
  CHECK(Module("no/such/file").load() == Error::AccessFailed);
  CHECK(Module("no/such/file").forward().error() == Error::AccessFailed);
  const ScratchFile file("module_test.pte", etbuild::testing::numbered_bytes(1000));
  CHECK(Module(file.name()).load() == Error::InvalidProgram);
  CHECK(Module(kProgram, std::string("no/such/file")).load() == Error::AccessFailed);
}

TEST(weights_come_from_other_files) {
  const ScratchFile right("module_test_right.ptd", weights({"weight"}));
  const ScratchFile other("module_test_other.ptd", weights({"other"}));
  const auto one = tensor({1, 1, 1, 1});
  CHECK(gives(Module(kProgram, std::string(right.name())).execute("weighted", *one), {11, 21, 31, 41}));
  const std::vector<std::string> both = {other.name(), right.name()};
  CHECK(gives(Module(kProgram, both).execute("weighted", *one), {11, 21, 31, 41}));
  const std::vector<std::string> twice = {right.name(), right.name()};
  CHECK(Module(kProgram, twice).load() == Error::InvalidArgument);
  CHECK(!Module(kProgram, std::string(other.name())).execute("weighted", *one).ok());
  CHECK(!Module(kProgram).execute("weighted", *one).ok());
}

TEST(methods_share_their_state_if_they_are_to) {
  for (const bool is_shared : {false, true}) {
    Module module(kProgram, Module::LoadMode::File, nullptr, nullptr, nullptr, is_shared);
    CHECK(module.execute("set", *tensor({1, 2, 3, 4})).ok());
    CHECK(gives(module.execute("get"), is_shared ? std::vector<float>{1, 2, 3, 4} : std::vector<float>(4, 0)));
  }
}

TEST(an_app_may_bring_kernels_for_one_method) {
  Module module(kProgram);
  CHECK(module.load_method("forward", nullptr, nullptr, nullptr, program_kernels()) == Error::Ok);
  CHECK(gives(module.forward({tensor({1, 2, 3, 4}), tensor({0, 0, 0, 0})}), {1, 2, 3, 4}));
}

TEST(an_app_may_bring_planned_memory_and_allocators) {
  alignas(16) static uint8_t memory[48];
  Span<uint8_t> spans[] = {{memory, sizeof memory}};
  HierarchicalAllocator planned({spans, 1});
  Module module(kProgram, Module::LoadMode::File, nullptr, std::make_unique<MallocMemoryAllocator>(),
                std::make_unique<MallocMemoryAllocator>());
  CHECK(module.load_forward(&planned) == Error::Ok);
  auto outputs = module.forward({tensor({1, 2, 3, 4}), tensor({1, 1, 1, 1})});
  CHECK(gives(outputs, {2, 3, 4, 5}) && (*outputs)[0].toTensor().const_data_ptr() == memory + 32);
}

TEST(a_program_is_shared_with_its_loader) {
  std::shared_ptr<Program> program;
  {
    Module module(kProgram);
    CHECK(module.load() == Error::Ok);
    program = module.program();
  }
  Module second(program);
  CHECK(second.is_loaded());
  CHECK(gives(second.forward({tensor({1, 2, 3, 4}), tensor({1, 1, 1, 1})}), {2, 3, 4, 5}));
  const ScratchFile file("module_test.ptd", weights({"weight"}));
  auto opened = FileDataLoader::from(file.name());
  auto loader = std::make_unique<FileDataLoader>(std::move(*opened));
  Module third(program, nullptr, nullptr, nullptr, std::move(loader));
#ifndef OFFICIAL_RUNTIME
  // The official library does not load the map of a program that is there already.
  CHECK(gives(third.execute("weighted", *tensor({1, 1, 1, 1})), {11, 21, 31, 41}));
#endif
}

TEST(metadata_is_of_the_method) {
  Module module(kProgram);
  auto meta = module.method_meta("get");
  CHECK(meta.ok() && meta->num_inputs() == 0 && meta->num_outputs() == 1 && meta->num_memory_planned_buffers() == 2);
  CHECK(meta->memory_planned_buffer_size(0).get() == 80 && std::string(meta->name()) == "get");
}

TEST(options_of_backends_are_copied) {
  Module module(kProgram);
  CHECK(module.backend_options().size() == 0);
  {
    BackendOptions<2> options;
    CHECK(options.set_option("threads", 3) == Error::Ok && options.set_option("name", "fast") == Error::Ok);
    LoadBackendOptionsMap map;
    CHECK(map.set_options("SomeBackend", options.view()) == Error::Ok);
    CHECK(module.load(map) == Error::Ok);
  }
  const auto kept = module.backend_options().get_options("SomeBackend");
  CHECK(kept.size() == 2 && std::string(kept[0].key) == "threads" && std::get<int>(kept[0].value) == 3);
  Module missing("no/such/file");
  CHECK(missing.load(module.backend_options()) == Error::AccessFailed && missing.backend_options().size() == 0);
}

namespace {

// An app's own Module.
class CountingModule : public Module {
 public:
  using Module::Module;

  Error load(const Program::Verification verification) override {
    ++loads;
    return Module::load(verification);
  }
  Result<std::vector<EValue>> execute(const std::string& name, const std::vector<EValue>& values) override {
    ++executions;
    return Module::execute(name, values);
  }
  size_t loaded_methods() const { return methods_.size(); }

  int loads = 0;
  int executions = 0;
};

}  // namespace

TEST(an_app_with_rtti_may_derive_from_it) {
  CountingModule module(kProgram);
  CHECK(module.forward({tensor({1, 2, 3, 4}), tensor({1, 1, 1, 1})}).ok());
  CHECK(module.loads == 1 && module.executions == 1 && module.loaded_methods() == 1);
  Module& base = module;
  CHECK(typeid(base) == typeid(CountingModule) && dynamic_cast<CountingModule*>(&base) == &module);
}

int main() {
  etbuild::testing::register_program_kernels();
  return etbuild::testing::run_all();
}
