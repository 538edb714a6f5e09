// Writes a flatbuffer into a buffer that the caller gives: no heap, no recursion. From the end to the front, as the
// format wants it: what a table refers to is made before the table. The front of the buffer keeps references that wait
// to become a vector, so that their number need not be known.
//
//     const Ref name = builder.string("forward");
//     builder.start_table();
//     builder.add_ref(RunData::slot_of_name, name);
//     builder.push(builder.end_table());
//     const Ref runs = builder.vector_of_pushed(0);
//
// Once the room is not enough, nothing more is written, ok() is false and finish() gives nothing. grow() goes on in a
// larger buffer, if called before that.

#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace executorch::runtime::internal {

class FlatbufferBuilder {
 public:
  // Where something is, as bytes before the end; 0 is nothing.
  using Ref = uint32_t;

  static constexpr size_t kFields = 24;

  FlatbufferBuilder(void* buffer, size_t size);

  bool ok() const { return ok_; }
  // How many bytes are left between what is written and the references that wait.
  size_t room() const {
    return ok_ ? static_cast<size_t>(head_ - reinterpret_cast<const uint8_t*>(pushed_ + count_)) : 0;
  }
  // Continues in a larger buffer, to which everything is copied; the old one is the caller's again.
  void grow(void* buffer, size_t size);
  // Forgets everything.
  void reset();

  Ref string(std::string_view text);
  // A vector of `count` elements of `width` bytes, aligned to `alignment` (a power of two, at least width).
  Ref vector(const void* elements, size_t count, size_t width, size_t alignment);
  template <typename T>
  Ref vector(const T* elements, size_t count) {
    return vector(elements, count, sizeof(T), sizeof(T));
  }

  // Tables do not nest: what one refers to is made before start_table.
  void start_table();
  // Slots are the accessors' slot_of_…; at most kFields a table. What equals the default need not be added.
  template <typename T>
  void add(uint16_t slot, T value) {
    add_bytes(slot, &value, sizeof(value));
  }
  void add_ref(uint16_t slot, Ref target);  // Nothing if `target` is 0.
  Ref end_table();

  // References that wait, from the first to the last pushed; pushed() is how many.
  void push(Ref target);
  size_t pushed() const { return count_; }
  // Makes a vector of those from number `first` on, and forgets them.
  Ref vector_of_pushed(size_t first);

  struct Bytes {
    const uint8_t* data;
    size_t size;
  };
  // Puts the start of the file before all; empty if the room was not enough. The data is inside the buffer and aligned
  // as its most aligned vector, to 16 bytes at least.
  Bytes finish(Ref root, const char* identifier);
  // The same with the size of all that follows in front, 4 bytes that are part of the data: alignment counts from them.
  Bytes finish_with_size(Ref root, const char* identifier);

 private:
  Ref here() const { return static_cast<Ref>(end_ - head_); }
  bool make_room(size_t bytes, size_t alignment, size_t before);
  void put(const void* bytes, size_t size);
  void put_u32(uint32_t value) { put(&value, sizeof(value)); }
  void put_ref(Ref target) { put_u32(here() + 4 - target); }
  void add_bytes(uint16_t slot, const void* bytes, size_t size);
  Ref shared_vtable(const uint16_t* vtable, size_t bytes);
  void begin(void* buffer, size_t size);

  static constexpr size_t kVtables = 8;

  uint8_t* end_;
  uint8_t* head_;
  uint32_t* pushed_;
  size_t count_;
  size_t alignment_;
  Ref table_start_;
  Ref fields_[kFields];
  Ref vtables_[kVtables];
  uint8_t next_vtable_;
  bool ok_;
};

}  // namespace executorch::runtime::internal
