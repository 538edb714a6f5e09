// The memory that a method's tensors are planned in: fresh, shared between methods, or on devices.
#include <executorch/extension/module/module.h>
#include <executorch/runtime/platform/log.h>

#include <algorithm>

namespace executorch::extension::ET_MODULE_NAMESPACE {

using runtime::DeviceMemoryBuffer;
using runtime::HierarchicalAllocator;
using runtime::Result;
using runtime::Span;
using runtime::etensor::Device;

namespace {

Result<std::vector<size_t>> planned_sizes(const MethodMeta& meta) {
  std::vector<size_t> sizes;
  for (size_t index = 0; index < meta.num_memory_planned_buffers(); ++index) {
    auto size = meta.memory_planned_buffer_size(index);
    if (!size.ok()) return size.error();
    // Negative or larger than memory: refused before it is asked for.
    ET_CHECK_OR_RETURN_ERROR(*size >= 0 && static_cast<uint64_t>(*size) <= std::vector<uint8_t>().max_size(),
                             InvalidProgram, "Planned buffer %zu has an impossible size", index);
    sizes.push_back(static_cast<size_t>(*size));
  }
  return sizes;
}

}  // namespace

std::unique_ptr<Module::PlannedMemory> Module::make_planned_memory(const std::vector<size_t>& buffer_sizes) {
  std::vector<std::vector<uint8_t>> none;
  return make_planned_memory_with_shared_arenas(buffer_sizes, none);
}

std::unique_ptr<Module::PlannedMemory> Module::make_planned_memory_with_shared_arenas(
    const std::vector<size_t>& buffer_sizes, std::vector<std::vector<uint8_t>>& shared_arenas) {
  auto memory = std::make_unique<PlannedMemory>();
  memory->planned_buffers.reserve(buffer_sizes.size());
  for (size_t index = 0; index < buffer_sizes.size(); ++index) {
    if (index < shared_arenas.size()) {
      memory->planned_spans.emplace_back(shared_arenas[index].data(), buffer_sizes[index]);
      continue;
    }
    auto& buffer = memory->planned_buffers.emplace_back(buffer_sizes[index]);
    memory->planned_spans.emplace_back(buffer.data(), buffer.size());
  }
  memory->planned_memory = std::make_unique<HierarchicalAllocator>(
      Span<Span<uint8_t>>(memory->planned_spans.data(), memory->planned_spans.size()));
  return memory;
}

Result<std::unique_ptr<Module::PlannedMemory>> Module::make_planned_memory_with_devices(const MethodMeta& method_meta) {
  auto sizes = planned_sizes(method_meta);
  if (!sizes.ok()) return sizes.error();
  auto memory = std::make_unique<PlannedMemory>();
  for (size_t index = 0; index < sizes->size(); ++index) {
    auto device = method_meta.memory_planned_buffer_device(index);
    if (!device.ok()) return device.error();
    memory->planned_devices.push_back(*device);
    if (device->is_cpu()) {
      auto& buffer = memory->planned_buffers.emplace_back((*sizes)[index]);
      memory->planned_spans.emplace_back(buffer.data(), buffer.size());
      continue;
    }
    auto buffer = DeviceMemoryBuffer::create((*sizes)[index], device->type(), device->index());
    if (!buffer.ok()) return buffer.error();
    memory->planned_spans.push_back(buffer->as_span());
    memory->device_buffers.push_back(std::move(*buffer));
  }
  memory->planned_memory = std::make_unique<HierarchicalAllocator>(
      Span<Span<uint8_t>>(memory->planned_spans.data(), memory->planned_spans.size()),
      Span<const Device>(memory->planned_devices.data(), memory->planned_devices.size()));
  return memory;
}

Result<std::vector<size_t>> Module::get_mem_planned_buffer_sizes(const std::string& method_name) {
  auto meta = program_->method_meta(method_name.c_str());
  if (!meta.ok()) return meta.error();
  return planned_sizes(*meta);
}

Result<std::vector<size_t>> Module::get_max_mem_planned_buffer_sizes() {
  std::vector<size_t> largest;
  for (size_t index = 0; index < program_->num_methods(); ++index) {
    auto name = program_->get_method_name(index);
    if (!name.ok()) return name.error();
    auto sizes = get_mem_planned_buffer_sizes(*name);
    if (!sizes.ok()) return sizes.error();
    largest.resize(std::max(largest.size(), sizes->size()));
    for (size_t at = 0; at < sizes->size(); ++at) largest[at] = std::max(largest[at], (*sizes)[at]);
  }
  return largest;
}

}  // namespace executorch::extension::ET_MODULE_NAMESPACE
