#include "session.h"

#include <executorch/runtime/core/exec_aten/util/dim_order_util.h>
#include <executorch/runtime/core/exec_aten/util/scalar_type_util.h>

#include <algorithm>
#include <cstring>
#include <limits>

namespace etbuild::differential {
namespace {

constexpr size_t kMethodBytes = 64U << 20U;
constexpr size_t kTemporaryBytes = 256U << 20U;
constexpr size_t kMostArenaBytes = 256U << 20U;
constexpr int kUndefined = 0x3d;  // As a float, 0.046: what reads memory before it is written reads the same.

uint64_t next(uint64_t& state) {  // splitmix64.
  state += 0x9e3779b97f4a7c15U;
  uint64_t value = state;
  value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
  value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
  return value ^ (value >> 31U);
}

size_t arena_size(const et::MethodMeta& meta, size_t index, const Shortage& shortage) {
  const et::Result<int64_t> planned = meta.memory_planned_buffer_size(index);
  if (!planned.ok() || *planned < 0) return 0;
  const size_t size = std::min(static_cast<size_t>(*planned), kMostArenaBytes);
  return size - std::min(size, shortage.arena_bytes_less);
}

std::vector<Bytes> arenas(const et::MethodMeta& meta, const Shortage& shortage) {
  std::vector<Bytes> made;
  const size_t count = meta.num_memory_planned_buffers();
  for (size_t i = 0; i < count - std::min(count, shortage.arenas_less); ++i) {
    made.emplace_back(arena_size(meta, i, shortage));
    std::memset(made.back().data(), kUndefined, std::min<size_t>(made.back().size(), 1U << 20U));
  }
  return made;
}

size_t byte_count(ScalarType type, const std::vector<int32_t>& sizes) {
  size_t count = et::elementSize(type);
  for (const int32_t size : sizes) count *= static_cast<size_t>(size);
  return count;
}

std::vector<int32_t> strides_of(const std::vector<int32_t>& sizes, const std::vector<uint8_t>& order) {
  std::vector<int32_t> strides(sizes.size());
  int32_t step = 1;
  for (size_t i = order.size(); i-- > 0;) {
    strides[order[i]] = step;
    step *= std::max(sizes[order[i]], 1);
  }
  return strides;
}

template <typename T, typename Make>
void fill_as(void* data, size_t bytes, Make make) {
  auto* items = static_cast<T*>(data);
  for (size_t i = 0; i < bytes / sizeof(T); ++i) items[i] = static_cast<T>(make());
}

// Between -2 and 2, and sometimes what is not finite.
float some_float(uint64_t& state, bool finite) {
  const uint64_t random = next(state);
  if (!finite && random % 61 == 0) {
    constexpr float kSpecial[] = {std::numeric_limits<float>::infinity(),
                                  -std::numeric_limits<float>::infinity(),
                                  std::numeric_limits<float>::quiet_NaN(),
                                  -0.0F,
                                  1e-40F,
                                  3e38F};
    return kSpecial[(random >> 32U) % 6];
  }
  return static_cast<float>(static_cast<int64_t>(random % 4001) - 2000) / 1000.0F;
}

}  // namespace

Memory::Memory(const et::MethodMeta& meta, const Shortage& shortage)
    : arenas_(arenas(meta, shortage)),
      method_bytes_(std::min(kMethodBytes, shortage.method_bytes)),
      temporary_bytes_(kTemporaryBytes),
      method_allocator_(static_cast<uint32_t>(method_bytes_.size()), method_bytes_.data()),
      temporary_allocator_(static_cast<uint32_t>(temporary_bytes_.size()), temporary_bytes_.data()) {
  std::memset(method_bytes_.data(), 0xCD, std::min<size_t>(method_bytes_.size(), 1U << 18U));
  for (Bytes& arena : arenas_) spans_.emplace_back(arena.data(), arena.size());
  if (!shortage.no_planned_memory) planned_.emplace(et::Span<et::Span<uint8_t>>(spans_.data(), spans_.size()));
  manager_.emplace(&method_allocator_, planned_ ? &*planned_ : nullptr, &temporary_allocator_);
}

OwnTensor::OwnTensor(ScalarType type, std::vector<int32_t> sizes, std::vector<uint8_t> order)
    : sizes_(std::move(sizes)),
      order_(std::move(order)),
      strides_(strides_of(sizes_, order_)),
      bytes_(byte_count(type, sizes_)),
      impl_(type, static_cast<ssize_t>(sizes_.size()), sizes_.data(), bytes_.data(), order_.data(), strides_.data()) {}

void OwnTensor::fill(uint64_t seed, bool any_integers) {
  uint64_t state = seed;
  const auto floating = [&state, any_integers] { return some_float(state, !any_integers); };
  // In a row they are positions, each behind the one before; else they may be indices of something.
  int64_t position = 0;
  const bool in_a_row = sizes_.size() == 1 && !any_integers;
  const auto integer = [&] {
    const auto random = static_cast<int64_t>(next(state) % 8);
    return in_a_row ? position++ : random - (any_integers ? 4 : 0);
  };
  void* data = bytes_.data();
  const size_t size = bytes_.size();
  switch (impl_.scalar_type()) {
    case ScalarType::Float:
      return fill_as<float>(data, size, floating);
    case ScalarType::Double:
      return fill_as<double>(data, size, floating);
    case ScalarType::Half:
      return fill_as<executorch::aten::Half>(data, size, floating);
    case ScalarType::BFloat16:
      return fill_as<executorch::aten::BFloat16>(data, size, floating);
    case ScalarType::Long:
      return fill_as<int64_t>(data, size, integer);
    case ScalarType::Int:
      return fill_as<int32_t>(data, size, integer);
    case ScalarType::Short:
      return fill_as<int16_t>(data, size, integer);
    case ScalarType::Bool:
      return fill_as<uint8_t>(data, size, [&state] { return next(state) % 2; });
    default:
      return fill_as<int8_t>(data, size, integer);
  }
}

Session::Session(const Program& program, et::Program::Verification verification)
    : loader_(program.file.data(), program.file.size()),
      data_loader_(program.data_file.data(), program.data_file.size()),
      program_(et::Program::load(&loader_, verification)) {
  if (program.data_file.size() > 0) {
    data_map_.emplace(executorch::extension::FlatTensorDataMap::load(&data_loader_));
  }
}

std::vector<std::string> Session::method_names() {
  std::vector<std::string> names;
  if (!program_.ok()) return names;
  for (size_t i = 0; i < program_->num_methods(); ++i) {
    const et::Result<const char*> name = program_->get_method_name(i);
    if (name.ok()) names.emplace_back(*name);
  }
  return names;
}

bool can_make(const et::TensorInfo& info) {
  const size_t rank = info.sizes().size();
  if (info.dim_order().size() != rank || rank > 16) return false;
  size_t count = 1;
  uint32_t seen = 0;
  for (size_t i = 0; i < rank; ++i) {
    if (info.sizes()[i] < 0 || info.dim_order()[i] >= rank) return false;
    seen |= 1U << info.dim_order()[i];
    count *= static_cast<size_t>(info.sizes()[i]);
    if (count > kMostArenaBytes) return false;
  }
  return seen == (1U << rank) - 1 && et::isValid(info.scalar_type());
}

void Call::set_inputs(Report& report, uint64_t seed, bool halved) {
  for (size_t i = 0; i < method_.inputs_size(); ++i) {
    const std::string question = "set_input " + std::to_string(i);
    const et::EValue& now = method_.get_input(i);
    if (!now.isTensor()) {
      report.error(question, method_.set_input(now, i));
      continue;
    }
    const et::Result<et::TensorInfo> info = meta_.input_tensor_meta(i);
    if (!info.ok() || !can_make(*info)) {
      report.line(question, "no tensor can be made");
      continue;
    }
    std::vector<int32_t> sizes(info->sizes().begin(), info->sizes().end());
    for (int32_t& size : sizes) size = halved ? (size + 1) / 2 : size;
    tensors_.push_back(std::make_unique<OwnTensor>(
        info->scalar_type(), sizes, std::vector<uint8_t>(info->dim_order().begin(), info->dim_order().end())));
    tensors_.back()->fill(seed * 1000 + i, generated_ && seed % 3 == 0);
    report.error(question, method_.set_input(tensors_.back()->value(), i));
  }
}

void Call::set_outputs(Report& report) {
  for (size_t i = 0; i < method_.outputs_size(); ++i) {
    if (!method_.get_output(i).isTensor()) continue;
    const et::Result<et::TensorInfo> info = meta_.output_tensor_meta(i);
    if (!info.ok() || info->is_memory_planned() || !can_make(*info)) continue;
    buffers_.push_back(std::make_unique<Bytes>(info->nbytes()));
    report.error("set_output_data_ptr " + std::to_string(i),
                 method_.set_output_data_ptr(buffers_.back()->data(), buffers_.back()->size(), i));
  }
}

void Call::tell_outputs(Report& report) const {
  for (size_t i = 0; i < method_.outputs_size(); ++i) {
    report.line("output " + std::to_string(i), value_text(method_.get_output(i)));
  }
}

bool Call::has_inputs() const {
  for (size_t i = 0; i < method_.inputs_size(); ++i) {
    const et::EValue& input = method_.get_input(i);
    if (!input.isTensor()) continue;
    if (input.toTensor().const_data_ptr() == nullptr && input.toTensor().numel() > 0) return false;
  }
  return true;
}

void Call::execute(Report& report) {
  if (!has_inputs()) return report.line("execute", "an input has no data");
  report.error("execute", method_.execute());
  report.line("in progress", method_.in_progress() ? "yes" : "no");
  tell_outputs(report);
}

}  // namespace etbuild::differential
