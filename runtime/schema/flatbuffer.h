// What the generated accessors read flatbuffers with: tables, vectors, strings. Nothing is checked here: a file's bytes
// must have passed verify.h, after which every read stays inside them.
//
// What is absent reads as its default; an absent vector or string as an empty one, never null; an absent table as null.
// Vector and Offset have the names that the public headers declare.

#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "A flatbuffer is read in place: the target must be little-endian."
#endif

namespace flatbuffers {

// Where the field is whose entry in the table's vtable is at `slot`; null if absent. At least 4-byte aligned for fields
// of 4 bytes and more.
[[gnu::pure]] const uint8_t* field(const void* table, uint16_t slot);

// What the reference in a field points to; null if absent.
[[gnu::pure]] const void* target(const void* table, uint16_t slot);

// The same for vectors and strings: an empty one if absent.
[[gnu::pure]] const void* target_or_empty(const void* table, uint16_t slot);

// What the reference at `at` points to.
inline const void* follow(const void* at) {
  uint32_t offset;
  std::memcpy(&offset, __builtin_assume_aligned(at, 4), sizeof(offset));
  return static_cast<const uint8_t*>(at) + offset;
}

// A field of one byte or of four that is 0 if absent, as most are: shared, for what reads many of them.
[[gnu::pure]] uint8_t read_byte(const void* table, uint16_t slot);
[[gnu::pure]] uint32_t read_word(const void* table, uint16_t slot);

// A scalar field of a table.
template <typename T>
T read(const void* table, uint16_t slot, T absent) {
  if constexpr (std::is_same_v<T, bool>) {
    return read<uint8_t>(table, slot, absent) != 0;
  } else {
    if (absent == T{} && sizeof(T) == 1) return static_cast<T>(read_byte(table, slot));
    if (absent == T{} && sizeof(T) == 4 && !std::is_floating_point_v<T>) return static_cast<T>(read_word(table, slot));
    const uint8_t* at = field(table, slot);
    if (at == nullptr) return absent;
    T value;
    std::memcpy(&value, __builtin_assume_aligned(at, sizeof(T) < 4 ? sizeof(T) : 4), sizeof(T));
    return value;
  }
}

// An element of a vector of references to X.
template <typename X>
struct Offset {
  uint32_t bytes;
};

// How an element is read: a scalar as it is, a reference as what it points to.
template <typename T>
struct Element {
  using Value = T;
  static Value get(const T* at) { return *at; }
};

template <typename X>
struct Element<Offset<X>> {
  using Value = const X*;
  static Value get(const Offset<X>* at) { return static_cast<const X*>(follow(at)); }
};

template <typename T, typename SizeT>
class Vector {
 public:
  using Value = typename Element<T>::Value;

  class Iterator {
   public:
    explicit Iterator(const T* at) : at_(at) {}
    Value operator*() const { return Element<T>::get(at_); }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    bool operator!=(const Iterator& other) const { return at_ != other.at_; }

   private:
    const T* at_;
  };

  SizeT size() const { return size_; }
  bool empty() const { return size_ == 0; }
  // The elements themselves, which are aligned to their size: for scalars.
  const T* data() const { return reinterpret_cast<const T*>(&size_ + 1); }
  // `index` must be below size().
  Value Get(SizeT index) const { return Element<T>::get(data() + index); }
  Value operator[](SizeT index) const { return Get(index); }
  Iterator begin() const { return Iterator(data()); }
  Iterator end() const { return Iterator(data() + size_); }

 private:
  Vector() = delete;
  SizeT size_;
};

// Text with a zero byte behind it.
class String : public Vector<char, uint32_t> {
 public:
  const char* c_str() const { return data(); }
  std::string_view view() const { return {data(), size()}; }
};

}  // namespace flatbuffers
