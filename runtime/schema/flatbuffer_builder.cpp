#include "flatbuffer_builder.h"

namespace executorch::runtime::internal {
namespace {

constexpr size_t kBufferAlignment = 32;
constexpr size_t kLargest = 0x7fffffff;
constexpr size_t kFileAlignment = 16;

}  // namespace

FlatbufferBuilder::FlatbufferBuilder(void* buffer, size_t size) {
  begin(buffer, size);
  reset();
}

// Alignment counts from the end, so the end is aligned; the front holds words.
void FlatbufferBuilder::begin(void* buffer, size_t size) {
  constexpr size_t kWord = sizeof(uint32_t);
  if (size > kLargest) size = kLargest;
  auto* first = static_cast<uint8_t*>(buffer);
  const size_t before = (0 - reinterpret_cast<uintptr_t>(first)) % kWord;
  const size_t behind = reinterpret_cast<uintptr_t>(first + size) % kBufferAlignment;
  const size_t spoiled = before + behind;
  pushed_ = reinterpret_cast<uint32_t*>(first + (spoiled > size ? 0 : before));
  end_ = spoiled > size ? first : first + size - behind;
}

void FlatbufferBuilder::reset() {
  head_ = end_;
  count_ = 0;
  alignment_ = kFileAlignment;
  table_start_ = 0;
  next_vtable_ = 0;
  ok_ = true;
  std::memset(fields_, 0, sizeof(fields_));
  std::memset(vtables_, 0, sizeof(vtables_));
}

void FlatbufferBuilder::grow(void* buffer, size_t size) {
  const uint8_t* const old_head = head_;
  const uint32_t* const old_pushed = pushed_;
  const size_t written = here();
  begin(buffer, size);
  const size_t waiting = count_ * sizeof(uint32_t);
  const size_t all = static_cast<size_t>(end_ - reinterpret_cast<uint8_t*>(pushed_));
  ok_ = ok_ && written <= all && waiting <= all - written;
  head_ = ok_ ? end_ - written : end_;
  if (!ok_) return;
  std::memcpy(head_, old_head, written);
  std::memcpy(pushed_, old_pushed, waiting);
}

// Makes room for `bytes`, padded so that what comes after the first `before` of them is aligned.
bool FlatbufferBuilder::make_room(size_t bytes, size_t alignment, size_t before) {
  if (!ok_ || bytes > kLargest) return ok_ = false;
  const size_t padding = (0 - (here() + bytes - before)) & (alignment - 1);
  if (room() < bytes + padding) return ok_ = false;
  if (alignment > alignment_) alignment_ = alignment;
  head_ -= padding;
  std::memset(head_, 0, padding);
  return true;
}

void FlatbufferBuilder::put(const void* bytes, size_t size) {
  head_ -= size;
  if (size != 0) std::memcpy(head_, bytes, size);
}

FlatbufferBuilder::Ref FlatbufferBuilder::string(std::string_view text) {
  // Its bytes and the zero behind them, so that the length before them is aligned.
  if (!make_room(text.size() + 5, 4, 0)) return 0;
  put("", 1);
  put(text.data(), text.size());
  put_u32(static_cast<uint32_t>(text.size()));
  return here();
}

FlatbufferBuilder::Ref FlatbufferBuilder::vector(const void* elements, size_t count, size_t width, size_t alignment) {
  if (count > kLargest / width) return ok_ = false, 0;
  if (alignment < 4) alignment = 4;
  // The elements are aligned, the length before them is then aligned to 4.
  if (!make_room(count * width + 4, alignment, 4)) return 0;
  put(elements, count * width);
  put_u32(static_cast<uint32_t>(count));
  return here();
}

void FlatbufferBuilder::start_table() {
  std::memset(fields_, 0, sizeof(fields_));
  table_start_ = here();
}

void FlatbufferBuilder::add_bytes(uint16_t slot, const void* bytes, size_t size) {
  const size_t number = (slot - 4u) / 2;
  if (number >= kFields) ok_ = false;
  if (!make_room(size, size, 0)) return;
  put(bytes, size);
  fields_[number] = here();
}

void FlatbufferBuilder::add_ref(uint16_t slot, Ref target) {
  const size_t number = (slot - 4u) / 2;
  if (number >= kFields) ok_ = false;
  if (target == 0 || !make_room(4, 4, 0)) return;
  put_ref(target);
  fields_[number] = here();
}

// A vtable of these bytes that is written already, or 0.
FlatbufferBuilder::Ref FlatbufferBuilder::shared_vtable(const uint16_t* vtable, size_t bytes) {
  for (const Ref ref : vtables_) {
    if (ref < bytes) continue;
    if (std::memcmp(end_ - ref, vtable, bytes) == 0) return ref;
  }
  return 0;
}

FlatbufferBuilder::Ref FlatbufferBuilder::end_table() {
  if (!make_room(4, 4, 0)) return 0;
  put_u32(0);
  const Ref table = here();
  const size_t extent = table - table_start_;
  size_t count = kFields;
  while (count != 0 && fields_[count - 1] == 0) --count;
  uint16_t vtable[kFields + 2];
  const size_t bytes = 2 * (count + 2);
  if (extent > UINT16_MAX) return ok_ = false, 0;
  vtable[0] = static_cast<uint16_t>(bytes);
  vtable[1] = static_cast<uint16_t>(extent);
  for (size_t i = 0; i < count; ++i) vtable[i + 2] = fields_[i] == 0 ? 0 : static_cast<uint16_t>(table - fields_[i]);

  Ref at = shared_vtable(vtable, bytes);
  if (at == 0) {
    if (!make_room(bytes, 2, 0)) return 0;
    put(vtable, bytes);
    at = here();
    vtables_[next_vtable_] = at;
    next_vtable_ = static_cast<uint8_t>((next_vtable_ + 1) % kVtables);
  }
  const uint32_t back = at - table;  // Unsigned: a shared vtable lies behind the table.
  std::memcpy(end_ - table, &back, sizeof(back));
  return table;
}

void FlatbufferBuilder::push(Ref target) {
  if (room() < sizeof(uint32_t)) ok_ = false;
  if (ok_) pushed_[count_++] = target;
}

FlatbufferBuilder::Ref FlatbufferBuilder::vector_of_pushed(size_t first) {
  const size_t count = first < count_ ? count_ - first : 0;
  if (!make_room(4 * count + 4, 4, 0)) return 0;
  for (size_t i = count; i-- != 0;) put_ref(pushed_[first + i]);
  count_ -= count;
  put_u32(static_cast<uint32_t>(count));
  return here();
}

FlatbufferBuilder::Bytes FlatbufferBuilder::finish(Ref root, const char* identifier) {
  if (!make_room(8, alignment_, 0) || root == 0) return {nullptr, 0};
  put(identifier, 4);
  put_ref(root);
  return {head_, here()};
}

FlatbufferBuilder::Bytes FlatbufferBuilder::finish_with_size(Ref root, const char* identifier) {
  if (!make_room(12, alignment_, 0) || root == 0) return {nullptr, 0};
  put(identifier, 4);
  put_ref(root);
  put_u32(here());
  return {head_, here()};
}

}  // namespace executorch::runtime::internal
