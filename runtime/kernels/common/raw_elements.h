// Single elements of tensors, by how many elements after the first they are.

#pragma once

#include <cstring>

#include "arguments.h"
#include "dtypes.h"

namespace etbuild::kernels {

inline const char* element(const Tensor& tensor, ptrdiff_t offset) {
  return static_cast<const char*>(tensor.const_data_ptr()) +
         offset * static_cast<ptrdiff_t>(size_of(tensor.scalar_type()));
}

inline char* mutable_element(const Tensor& tensor, ptrdiff_t offset) {
  return static_cast<char*>(tensor.mutable_data_ptr()) + offset * static_cast<ptrdiff_t>(size_of(tensor.scalar_type()));
}

// Copies an element, or several, of `size` bytes in all.
inline void copy_element(size_t size, const void* from, void* to) {
  if (size == sizeof(uint32_t)) {  // A call costs more.
    std::memcpy(to, from, sizeof(uint32_t));
  } else {
    std::memcpy(to, from, size);
  }
}

// Whether a tensor's elements can be indices.
inline bool holds_indices(const Tensor& tensor) {
  return tensor.scalar_type() == ScalarType::Long || tensor.scalar_type() == ScalarType::Int;
}

inline int64_t index_at(const Tensor& tensor, ptrdiff_t offset) {
  const char* at = element(tensor, offset);
  if (tensor.scalar_type() == ScalarType::Int) return *reinterpret_cast<const int32_t*>(at);
  return *reinterpret_cast<const int64_t*>(at);
}

inline void set_index(const Tensor& tensor, ptrdiff_t offset, int64_t value) {
  char* at = mutable_element(tensor, offset);
  if (tensor.scalar_type() == ScalarType::Int) {
    *reinterpret_cast<int32_t*>(at) = static_cast<int32_t>(value);
  } else {
    *reinterpret_cast<int64_t*>(at) = value;
  }
}

}  // namespace etbuild::kernels
