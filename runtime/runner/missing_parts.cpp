#include "missing_parts.h"

#include <executorch/extension/data_loader/mmap_data_loader.h>
#include <executorch/runtime/backend/interface.h>
#include <executorch/runtime/kernel/operator_registry.h>

#include <cstring>
#include <utility>

namespace etbuild::runner {
namespace {

using executorch::extension::MmapDataLoader;

// Places of fields in the tables of the .pte's schema, counted from 0.
enum : int { kProgramPlans = 1, kPlanName = 0, kPlanOperators = 6, kPlanDelegates = 7 };
enum : int { kOperatorName = 0, kOperatorOverload = 1, kDelegateId = 0 };

// A flatbuffer from which nothing is believed: a place outside of it reads as 0, which is no table and no string.
class Flatbuffer {
 public:
  Flatbuffer(const void* data, size_t size) : data_(static_cast<const char*>(data)), size_(size) {}

  size_t root() const { return follow(0); }

  // The place that the field `index` of `table` refers to, 0 if it has none.
  size_t field(size_t table, int index) const {
    if (table == 0) return 0;
    const size_t vtable = table - static_cast<size_t>(static_cast<int64_t>(read<int32_t>(table)));
    const size_t slot = 4 + 2 * static_cast<size_t>(index);
    if (slot + 2 > read<uint16_t>(vtable)) return 0;
    const uint16_t offset = read<uint16_t>(vtable + slot);
    return offset == 0 ? 0 : follow(table + offset);
  }

  // The places that a vector of tables refers to.
  std::vector<size_t> tables(size_t vector) const {
    std::vector<size_t> places;
    const uint32_t count = vector == 0 ? 0 : read<uint32_t>(vector);
    if (count > size_ / 4) return places;
    for (uint32_t index = 0; index < count; ++index) places.push_back(follow(vector + 4 + 4 * size_t{index}));
    return places;
  }

  std::string text(size_t string) const {
    const size_t length = string == 0 ? 0 : read<uint32_t>(string);
    return string == 0 || length > size_ || string + 4 > size_ - length ? "" : std::string(data_ + string + 4, length);
  }

 private:
  template <typename T>
  T read(size_t place) const {
    T value = 0;
    if (place <= size_ && sizeof(T) <= size_ - place) memcpy(&value, data_ + place, sizeof(T));
    return value;
  }

  size_t follow(size_t place) const {
    const uint32_t offset = read<uint32_t>(place);
    return offset == 0 ? 0 : place + offset;
  }

  const char* data_;
  size_t size_;
};

bool starts_with(const std::string& text, const char* prefix) { return text.rfind(prefix, 0) == 0; }

bool is_registered(const std::string& name) {
  for (const executorch::runtime::Kernel& kernel : executorch::runtime::get_registered_kernels()) {
    if (name == kernel.name_) return true;
  }
  return false;
}

// Who provides what, by the prefix of its name.
struct Provider {
  const char* prefix;
  const char* name;
};

constexpr Provider kProviders[] = {
    {"llama::", "//runtime/kernels/llama (call register_llama_kernels() before loading)"},
    {"int4::", "//runtime/kernels/llama (call register_llama_kernels() before loading)"},
    {"gguf::", "//runtime/kernels/llama (call register_llama_kernels() before loading)"},
    {"aten::", "libexecutorch_kernels_optimized, of et_runtime(provider = \"wheel\")"},
    {"dim_order_ops::", "libexecutorch_kernels_optimized, of et_runtime(provider = \"wheel\")"},
    {"quantized_decomposed::", "libexecutorch_kernels_quantized, of et_runtime(provider = \"wheel\")"},
    {"executorch_prim::", "libexecutorch, of et_runtime(provider = \"wheel\")"},
    {"XnnpackBackend", "libexecutorch_backend_xnnpack, of et_runtime(provider = \"wheel\")"},
    {"OpenvinoBackend", "libexecutorch_backend_openvino, of ExecuTorch's wheel"},
    {"QnnBackend", "libexecutorch_backend_qnn, of ExecuTorch's wheel"},
};

std::string line_about(const char* kind, const std::string& name) {
  for (const Provider& provider : kProviders) {
    if (starts_with(name, provider.prefix)) return std::string("\n  ") + kind + " " + name + ": in " + provider.name;
  }
  return std::string("\n  ") + kind + " " + name + ": in no library that etbuild knows; link one and register it";
}

}  // namespace

bool read_needs(const void* data, size_t size, const std::string& method, ProgramNeeds* needs) {
  if (size < 8 || memcmp(static_cast<const char*>(data) + 4, "ET12", 4) != 0) return false;
  const Flatbuffer file(data, size);
  for (size_t plan : file.tables(file.field(file.root(), kProgramPlans))) {
    if (file.text(file.field(plan, kPlanName)) != method) continue;
    for (size_t entry : file.tables(file.field(plan, kPlanOperators))) {
      const std::string overload = file.text(file.field(entry, kOperatorOverload));
      std::string name = file.text(file.field(entry, kOperatorName));
      if (!overload.empty()) name.append(".").append(overload);
      needs->operators.push_back(std::move(name));
    }
    for (size_t delegate : file.tables(file.field(plan, kPlanDelegates))) {
      const std::string id = file.text(file.field(delegate, kDelegateId));
      bool is_known = false;
      for (const std::string& other : needs->backends) is_known = is_known || other == id;
      if (!is_known) needs->backends.push_back(id);
    }
    return true;
  }
  return false;
}

Status describe_missing_parts(const std::string& path, const std::string& method) {
  auto loader = MmapDataLoader::from(path.c_str());
  if (!loader.ok()) return {};
  const auto size = loader->size();
  if (!size.ok()) return {};
  const auto info =
      executorch::runtime::DataLoader::SegmentInfo(executorch::runtime::DataLoader::SegmentInfo::Type::Program);
  auto bytes = loader->load(0, *size, info);
  ProgramNeeds needs;
  if (!bytes.ok() || !read_needs(bytes->data(), bytes->size(), method, &needs)) return {};
  std::string lines;
  for (const std::string& name : needs.operators) {
    if (!is_registered(name)) lines += line_about("operator", name);
  }
  for (const std::string& id : needs.backends) {
    if (executorch::runtime::get_backend_class(id.c_str()) == nullptr) lines += line_about("backend", id);
  }
  if (lines.empty()) return {};
  return {StatusCode::kMissingPart, "'" + path + "' needs what the linked runtime lacks" + lines};
}

}  // namespace etbuild::runner
