// Module: a program, its weights' files and its methods, loaded when they are first needed. planned_memory.cpp has the
// memory of methods, module_values.cpp their inputs and outputs.
#include <executorch/extension/data_loader/file_data_loader.h>
#include <executorch/extension/data_loader/mmap_data_loader.h>
#include <executorch/extension/flat_tensor/flat_tensor_data_map.h>
#include <executorch/extension/memory_allocator/malloc_memory_allocator.h>
#include <executorch/extension/module/module.h>
#include <executorch/extension/named_data_map/merged_data_map.h>
#include <executorch/runtime/platform/log.h>
#include <executorch/runtime/platform/runtime.h>

#include <algorithm>

namespace executorch::extension::ET_MODULE_NAMESPACE {

using ET_MERGED_DATA_MAP_NAMESPACE::MergedDataMap;
using runtime::BackendOption;
using runtime::DataLoader;
using runtime::Error;
using runtime::EventTracer;
using runtime::HierarchicalAllocator;
using runtime::MemoryAllocator;
using runtime::MemoryManager;
using runtime::Result;
using runtime::Span;

namespace {

// Planned buffers that methods share if they are to: activations, and state.
constexpr size_t kSharedArenas = 2;

std::unique_ptr<MemoryAllocator> or_malloc(std::unique_ptr<MemoryAllocator> given) {
  if (given == nullptr) given = std::make_unique<MallocMemoryAllocator>();
  return given;
}

// Moves what a loader's factory made to where it can be kept.
template <typename Loader>
Result<std::unique_ptr<DataLoader>> kept(Result<Loader> made) {
  if (!made.ok()) return made.error();
  return std::unique_ptr<DataLoader>(std::make_unique<Loader>(std::move(*made)));
}

Result<std::unique_ptr<DataLoader>> open_loader(const std::string& path, Module::LoadMode mode) {
  using Mlock = MmapDataLoader::MlockConfig;
  switch (mode) {
    case Module::LoadMode::File:
      return kept(FileDataLoader::from(path.c_str()));
    case Module::LoadMode::Mmap:
      return kept(MmapDataLoader::from(path.c_str(), Mlock::NoMlock));
    case Module::LoadMode::MmapUseMlock:
      return kept(MmapDataLoader::from(path.c_str(), Mlock::UseMlock));
    case Module::LoadMode::MmapUseMlockIgnoreErrors:
      return kept(MmapDataLoader::from(path.c_str(), Mlock::UseMlockIgnoreErrors));
    case Module::LoadMode::MmapUseMadvise:
      return kept(MmapDataLoader::from(path.c_str(), Mlock::UseMadvise));
  }
  return Error::InvalidArgument;
}

bool uses_devices(const MethodMeta& meta) {
  for (size_t index = 0; index < meta.num_memory_planned_buffers(); ++index) {
    const auto device = meta.memory_planned_buffer_device(index);
    if (device.ok() && !device->is_cpu()) return true;
  }
  return false;
}

}  // namespace

// Also what is deprecated has to be constructed.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

Module::Module(const std::string& file_path, const LoadMode load_mode, std::unique_ptr<EventTracer> event_tracer,
               std::unique_ptr<MemoryAllocator> memory_allocator, std::unique_ptr<MemoryAllocator> temp_allocator,
               bool share_memory_arenas)
    : Module(file_path, std::vector<std::string>(), load_mode, std::move(event_tracer), std::move(memory_allocator),
             std::move(temp_allocator), share_memory_arenas) {}

Module::Module(const std::string& file_path, const std::string& data_map_path, const LoadMode load_mode,
               std::unique_ptr<EventTracer> event_tracer, std::unique_ptr<MemoryAllocator> memory_allocator,
               std::unique_ptr<MemoryAllocator> temp_allocator, bool share_memory_arenas)
    : Module(file_path, data_map_path.empty() ? std::vector<std::string>() : std::vector<std::string>{data_map_path},
             load_mode, std::move(event_tracer), std::move(memory_allocator), std::move(temp_allocator),
             share_memory_arenas) {}

Module::Module(const std::string& file_path, std::vector<std::string> data_files, const LoadMode load_mode,
               std::unique_ptr<EventTracer> event_tracer, std::unique_ptr<MemoryAllocator> memory_allocator,
               std::unique_ptr<MemoryAllocator> temp_allocator, bool share_memory_arenas)
    : file_path_(file_path),
      data_files_(std::move(data_files)),
      load_mode_(load_mode),
      memory_allocator_(or_malloc(std::move(memory_allocator))),
      temp_allocator_(or_malloc(std::move(temp_allocator))),
      event_tracer_(std::move(event_tracer)),
      share_memory_arenas_(share_memory_arenas) {
  runtime::runtime_init();
}

Module::Module(std::unique_ptr<DataLoader> data_loader, std::unique_ptr<MemoryAllocator> memory_allocator,
               std::unique_ptr<MemoryAllocator> temp_allocator, std::unique_ptr<EventTracer> event_tracer,
               std::unique_ptr<DataLoader> data_map_loader, bool share_memory_arenas)
    : data_loader_(std::move(data_loader)),
      memory_allocator_(or_malloc(std::move(memory_allocator))),
      temp_allocator_(or_malloc(std::move(temp_allocator))),
      event_tracer_(std::move(event_tracer)),
      share_memory_arenas_(share_memory_arenas) {
  if (data_map_loader != nullptr) data_map_loaders_.push_back(std::move(data_map_loader));
  runtime::runtime_init();
}

Module::Module(std::shared_ptr<Program> program, std::unique_ptr<MemoryAllocator> memory_allocator,
               std::unique_ptr<MemoryAllocator> temp_allocator, std::unique_ptr<EventTracer> event_tracer,
               std::unique_ptr<DataLoader> data_map_loader, bool share_memory_arenas)
    : Module(std::unique_ptr<DataLoader>(), std::move(memory_allocator), std::move(temp_allocator),
             std::move(event_tracer), std::move(data_map_loader), share_memory_arenas) {
  program_ = std::move(program);
}

#pragma GCC diagnostic pop

Error Module::load(const Program::Verification verification) { return load_internal(verification); }

Error Module::load(const LoadBackendOptionsMap& backend_options, const Program::Verification verification) {
  std::vector<std::vector<BackendOption>> storage;
  LoadBackendOptionsMap options;
  for (size_t index = 0; index < backend_options.size(); ++index) {
    const auto entry = backend_options.entry_at(index);
    auto& own = storage.emplace_back(entry.options.begin(), entry.options.end());
    ET_CHECK_OK_OR_RETURN_ERROR(options.set_options(entry.backend_id, Span<BackendOption>(own.data(), own.size())));
  }
  ET_CHECK_OK_OR_RETURN_ERROR(load_internal(verification));
  // What was moved keeps its address: the map's spans stay right.
  backend_options_storage_ = std::move(storage);
  backend_options_map_ = options;
  return Error::Ok;
}

// Keeps what succeeded: after a failure, another call goes on from there.
Error Module::load_internal(const Program::Verification verification) {
  while (data_map_loaders_.size() < data_files_.size()) {
    auto loader = open_loader(data_files_[data_map_loaders_.size()], load_mode_);
    if (!loader.ok()) return loader.error();
    data_map_loaders_.push_back(std::move(*loader));
  }
  while (named_data_maps_.size() < data_map_loaders_.size()) {
    auto map = FlatTensorDataMap::load(data_map_loaders_[named_data_maps_.size()].get());
    if (!map.ok()) return map.error();
    named_data_maps_.push_back(std::make_unique<FlatTensorDataMap>(std::move(*map)));
  }
  if (merged_data_map_ == nullptr && !named_data_maps_.empty()) {
    std::vector<const NamedDataMap*> maps;
    for (const auto& map : named_data_maps_) maps.push_back(map.get());
    auto merged = MergedDataMap::load({maps.data(), maps.size()});
    if (!merged.ok()) return merged.error();
    merged_data_map_ = std::make_unique<MergedDataMap>(std::move(*merged));
  }
  if (program_ != nullptr) return Error::Ok;
  if (data_loader_ == nullptr) {
    auto loader = open_loader(file_path_, load_mode_);
    if (!loader.ok()) return loader.error();
    data_loader_ = std::move(*loader);
  }
  auto program = Program::load(data_loader_.get(), verification);
  if (!program.ok()) return program.error();
  // Whoever shares the program needs its loader, too.
  program_ = std::shared_ptr<Program>(
      new Program(std::move(*program)),
      [loader = std::shared_ptr<DataLoader>(std::move(data_loader_))](Program* owned) { delete owned; });
  return Error::Ok;
}

Result<size_t> Module::num_methods() {
  ET_CHECK_OK_OR_RETURN_ERROR(load());
  return program_->num_methods();
}

Result<std::unordered_set<std::string>> Module::method_names() {
  ET_CHECK_OK_OR_RETURN_ERROR(load());
  std::unordered_set<std::string> names;
  for (size_t index = 0; index < program_->num_methods(); ++index) {
    auto name = program_->get_method_name(index);
    if (!name.ok()) return name.error();
    names.emplace(*name);
  }
  return names;
}

Result<MethodMeta> Module::method_meta(const std::string& method_name) {
  ET_CHECK_OK_OR_RETURN_ERROR(load());
  return program_->method_meta(method_name.c_str());
}

Error Module::load_method(const std::string& method_name, HierarchicalAllocator* planned_memory,
                          EventTracer* event_tracer, const LoadBackendOptionsMap* backend_options,
                          std::vector<Kernel> kernel_registry) {
  if (is_method_loaded(method_name)) return Error::Ok;
  ET_CHECK_OK_OR_RETURN_ERROR(load());
  MethodHolder holder;
  holder.kernel_registry = std::move(kernel_registry);
  if (planned_memory == nullptr) {
    auto meta = program_->method_meta(method_name.c_str());
    if (!meta.ok()) return meta.error();
    if (uses_devices(*meta)) {
      ET_CHECK_OR_RETURN_ERROR(!share_memory_arenas_, NotSupported, "'%s' plans memory of devices, which is not shared",
                               method_name.c_str());
      auto memory = make_planned_memory_with_devices(*meta);
      if (!memory.ok()) return memory.error();
      holder.planned_memory = std::move(*memory);
    } else {
      auto sizes = get_mem_planned_buffer_sizes(method_name);
      if (!sizes.ok()) return sizes.error();
      if (share_memory_arenas_ && shared_arenas_.empty()) {
        auto largest = get_max_mem_planned_buffer_sizes();
        if (!largest.ok()) return largest.error();
        for (size_t index = 0; index < std::min(kSharedArenas, largest->size()); ++index) {
          shared_arenas_.emplace_back((*largest)[index]);
        }
      }
      holder.planned_memory = make_planned_memory_with_shared_arenas(*sizes, shared_arenas_);
    }
    planned_memory = holder.planned_memory->planned_memory.get();
  }
  holder.memory_manager =
      std::make_unique<MemoryManager>(memory_allocator_.get(), planned_memory, temp_allocator_.get());
  auto method = program_->load_method(
      method_name.c_str(), holder.memory_manager.get(), event_tracer != nullptr ? event_tracer : event_tracer_.get(),
      merged_data_map_.get(), backend_options != nullptr ? backend_options : &backend_options_map_,
      Span<const Kernel>(holder.kernel_registry.data(), holder.kernel_registry.size()));
  if (!method.ok()) return method.error();
  holder.method = std::make_unique<Method>(std::move(*method));
  methods_.emplace(method_name, std::move(holder));
  return Error::Ok;
}

Result<Method*> Module::method(const std::string& method_name) {
  ET_CHECK_OK_OR_RETURN_ERROR(load_method(method_name));
  return methods_[method_name].method.get();
}

}  // namespace executorch::extension::ET_MODULE_NAMESPACE
