// On a board with several memories: planned memory lies in the one that its id is given, emptied at the start, and a
// program that is copied lies in the one that it is copied to, whole.
#include <cstring>

#include "programs.h"
#include "runtime/testing/check.h"

// What the linker is told of the board.
extern "C" const char __memory_dtcm_origin[];
extern "C" const char __memory_dtcm_size[];
extern "C" const char __memory_ddr_origin[];
extern "C" const char __memory_ddr_size[];

namespace {

using programs::cnn_in_two_memories::forward;

bool lies_in(const void* data, size_t size, const char* origin, const char* room) {
  const uintptr_t offset = reinterpret_cast<uintptr_t>(data) - reinterpret_cast<uintptr_t>(origin);
  return offset + size <= reinterpret_cast<uintptr_t>(room);
}

const uint8_t* arena(uint32_t index, size_t size) {
  const auto found = forward::memory()->planned_memory()->get_offset_address(index, 0, size);
  CHECK(found.ok());
  return found.ok() ? static_cast<const uint8_t*>(*found) : nullptr;
}

}  // namespace

TEST(each_arena_lies_in_the_memory_of_its_id_and_is_empty) {
  const uint8_t* small = arena(0, 1);
  const uint8_t* large = arena(1, 8192);
  CHECK(lies_in(small, 1, __memory_dtcm_origin, __memory_dtcm_size));
  CHECK(lies_in(large, 8192, __memory_ddr_origin, __memory_ddr_size));
  for (size_t at = 0; at < 8192; ++at) CHECK(large[at] == 0);
}

TEST(a_program_is_copied_whole) {
  namespace cnn = programs::cnn_in_two_memories;
  CHECK(lies_in(cnn::data, cnn::size, __memory_dtcm_origin, __memory_dtcm_size));
  CHECK(std::memcmp(cnn::data + 4, "ET12", 4) == 0);
}

TEST_MAIN()
