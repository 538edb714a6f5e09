#include "flatbuffer.h"

namespace flatbuffers {
namespace {

// An empty vector; what would be its elements is aligned for any.
struct Empty {
  uint32_t before;
  uint32_t size;
  uint32_t elements[2];
};
alignas(8) constexpr Empty kEmpty = {0, 0, {0, 0}};

}  // namespace

const uint8_t* field(const void* table, uint16_t slot) {
  const uint8_t* bytes = static_cast<const uint8_t*>(table);
  int32_t back;
  std::memcpy(&back, __builtin_assume_aligned(table, 4), sizeof(back));
  // Unsigned: a vtable may lie behind its table.
  const uint16_t* vtable = reinterpret_cast<const uint16_t*>(bytes - back);
  if (slot >= vtable[0]) return nullptr;
  const uint16_t offset = vtable[slot / 2];
  return offset == 0 ? nullptr : bytes + offset;
}

uint8_t read_byte(const void* table, uint16_t slot) {
  const uint8_t* at = field(table, slot);
  return at == nullptr ? 0 : *at;
}

uint32_t read_word(const void* table, uint16_t slot) {
  const uint8_t* at = field(table, slot);
  uint32_t word = 0;
  if (at != nullptr) std::memcpy(&word, __builtin_assume_aligned(at, 4), sizeof(word));
  return word;
}

const void* target(const void* table, uint16_t slot) {
  const uint8_t* at = field(table, slot);
  return at == nullptr ? nullptr : follow(at);
}

const void* target_or_empty(const void* table, uint16_t slot) {
  const void* found = target(table, slot);
  return found == nullptr ? &kEmpty.size : found;
}

}  // namespace flatbuffers
