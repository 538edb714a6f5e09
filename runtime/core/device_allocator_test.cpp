// Allocators of devices and their buffers; it runs on the official library, too.

#include <executorch/runtime/core/device_allocator.h>
#include <executorch/runtime/core/device_memory_buffer.h>

#include "abort_check.h"
#include "check.h"

namespace {

using etbuild::testing::aborts;
using executorch::runtime::DeviceAllocator;
using executorch::runtime::DeviceMemoryBuffer;
using executorch::runtime::Error;
using executorch::runtime::get_device_allocator;
using executorch::runtime::register_device_allocator;
using executorch::runtime::Result;
using executorch::runtime::etensor::DeviceIndex;
using executorch::runtime::etensor::DeviceType;

// Gives the same memory each time, and remembers what it was asked.
class Recorder final : public DeviceAllocator {
 public:
  explicit Recorder(DeviceType type) : type_(type) {}

  Result<void*> allocate(size_t nbytes, DeviceIndex index, size_t alignment) override {
    if (nbytes > sizeof(memory_)) return Error::MemoryAllocationFailed;
    last_index = index;
    last_alignment = alignment;
    ++live;
    return static_cast<void*>(memory_);
  }
  void deallocate(void* ptr, DeviceIndex index) override {
    if (ptr == memory_ && index == last_index) --live;
  }
  Error copy_host_to_device(void*, const void*, size_t, DeviceIndex) override { return Error::Ok; }
  Error copy_device_to_host(void*, const void*, size_t, DeviceIndex) override { return Error::Ok; }
  DeviceType device_type() const override { return type_; }

  DeviceIndex last_index = 0;
  size_t last_alignment = 0;
  int live = 0;

 private:
  DeviceType type_;
  char memory_[64] = {};
};

TEST(a_device_has_one_allocator_and_buffers_return_their_memory) {
  static Recorder cuda(DeviceType::CUDA);
  CHECK(get_device_allocator(DeviceType::CUDA) == nullptr);
  CHECK(DeviceMemoryBuffer::create(16, DeviceType::CUDA).error() == Error::NotFound);

  register_device_allocator(&cuda);
  CHECK(get_device_allocator(DeviceType::CUDA) == &cuda);
  CHECK(get_device_allocator(DeviceType::CPU) == nullptr);
  {
    const Result<DeviceMemoryBuffer> buffer = DeviceMemoryBuffer::create(16, DeviceType::CUDA, 2, 32);
    CHECK(buffer.ok() && buffer->size() == 16);
    CHECK(cuda.last_index == 2 && cuda.last_alignment == 32 && cuda.live == 1);
  }
  CHECK(cuda.live == 0);
  CHECK(DeviceMemoryBuffer::create(1000, DeviceType::CUDA).error() == Error::MemoryAllocationFailed);
  CHECK(aborts([] { register_device_allocator(&cuda); }));
}

TEST(what_is_no_allocator_of_a_device_aborts) {
  static Recorder odd(static_cast<DeviceType>(5));
  static Recorder negative(static_cast<DeviceType>(-1));
  CHECK(aborts([] { register_device_allocator(nullptr); }));
  CHECK(aborts([] { register_device_allocator(&odd); }));
  CHECK(aborts([] { register_device_allocator(&negative); }));
  CHECK(get_device_allocator(static_cast<DeviceType>(5)) == nullptr);
  CHECK(get_device_allocator(static_cast<DeviceType>(-1)) == nullptr);
}

}  // namespace

TEST_MAIN()
