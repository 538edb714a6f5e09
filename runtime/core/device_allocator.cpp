// Allocators of other devices' memory, one a device type, and buffers that own such memory.

#include <executorch/runtime/core/device_allocator.h>
#include <executorch/runtime/core/device_memory_buffer.h>
#include <executorch/runtime/platform/assert.h>

namespace executorch::runtime {

using etensor::DeviceType;
using etensor::kNumDeviceTypes;

DeviceAllocatorRegistry& DeviceAllocatorRegistry::instance() {
  static DeviceAllocatorRegistry registry;
  return registry;
}

void DeviceAllocatorRegistry::register_allocator(DeviceAllocator* alloc) {
  ET_CHECK_MSG(alloc != nullptr, "Cannot register a null allocator");
  const auto index = static_cast<size_t>(alloc->device_type());
  ET_CHECK_MSG(index < kNumDeviceTypes, "Invalid device type: %d", static_cast<int>(alloc->device_type()));
  ET_CHECK_MSG(allocators_[index] == nullptr, "Device type %d has an allocator", static_cast<int>(index));
  allocators_[index] = alloc;
}

DeviceAllocator* DeviceAllocatorRegistry::get_allocator(DeviceType type) {
  const auto index = static_cast<size_t>(type);
  return index < kNumDeviceTypes ? allocators_[index] : nullptr;
}

void register_device_allocator(DeviceAllocator* alloc) {
  DeviceAllocatorRegistry::instance().register_allocator(alloc);
}

DeviceAllocator* get_device_allocator(DeviceType type) {
  return DeviceAllocatorRegistry::instance().get_allocator(type);
}

Result<DeviceMemoryBuffer> DeviceMemoryBuffer::create(size_t size, DeviceType type, etensor::DeviceIndex index,
                                                      size_t alignment) {
  DeviceAllocator* allocator = get_device_allocator(type);
  ET_CHECK_OR_RETURN_ERROR(allocator != nullptr, NotFound, "Device type %d has no allocator", static_cast<int>(type));
  Result<void*> memory = allocator->allocate(size, index, alignment);
  if (!memory.ok()) return memory.error();
  return DeviceMemoryBuffer(*memory, size, allocator, index);
}

}  // namespace executorch::runtime
