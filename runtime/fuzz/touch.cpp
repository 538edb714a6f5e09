#include "touch.h"

#include <executorch/runtime/core/tensor_layout.h>

#include "exact_memory.h"

#include <cstdlib>

namespace etbuild::testing {
namespace {

using executorch::aten::Tensor;
using executorch::runtime::EValue;
using executorch::runtime::Tag;

unsigned sum = 0;

void read(const void* data, size_t size) {
  const auto* bytes = static_cast<const uint8_t*>(data);
  for (size_t i = 0; i < size; ++i) sum = sum * 31 + bytes[i];
}

template <typename List>
void read_list(const List& list) {
  read(list.data(), list.size() * sizeof(*list.data()));
}

// The element that is farthest from the first by strides must be inside.
void check_strides(const Tensor& tensor) {
  size_t farthest = 0;
  for (ssize_t i = 0; i < tensor.dim(); ++i) {
    if (tensor.sizes()[static_cast<size_t>(i)] < 0 || tensor.strides()[static_cast<size_t>(i)] < 0) std::abort();
    farthest += static_cast<size_t>(tensor.sizes()[static_cast<size_t>(i)] - 1) *
                static_cast<size_t>(tensor.strides()[static_cast<size_t>(i)]);
  }
  if (farthest >= static_cast<size_t>(tensor.numel())) std::abort();
}

}  // namespace

unsigned touched() { return sum; }

void touch(const Tensor& tensor, bool write) {
  for (ssize_t i = 0; i < tensor.dim(); ++i) sum += tensor.dim_order()[static_cast<size_t>(i)];
  if (tensor.numel() == 0) return;
  check_strides(tensor);
  read(tensor.const_data_ptr(), tensor.nbytes());
  if (!write) return;
  volatile auto* bytes = static_cast<uint8_t*>(tensor.mutable_data_ptr());
  for (size_t i = 0; i < tensor.nbytes(); ++i) bytes[i] = bytes[i];
}

void touch(const EValue& value) {
  switch (value.tag) {
    case Tag::Tensor:
      return touch(value.toTensor(), false);
    case Tag::String: {
      const auto text = value.toString();
      return read(text.data(), text.size() + 1);
    }
    case Tag::ListInt:
      return read_list(value.toIntList());
    case Tag::ListDouble:
      return read_list(value.toDoubleList());
    case Tag::ListBool:
      return read_list(value.toBoolList());
    case Tag::ListTensor:
      for (const Tensor& tensor : value.toTensorList()) touch(tensor, false);
      return;
    case Tag::ListOptionalTensor:
      for (const auto& tensor : value.toListOptionalTensor()) {
        if (tensor.has_value()) touch(*tensor, false);
      }
      return;
    case Tag::Int:
      sum += static_cast<unsigned>(value.toInt());
      return;
    case Tag::Double:
      sum += value.toDouble() < 0 ? 1 : 2;
      return;
    case Tag::Bool:
      sum += value.toBool() ? 1 : 2;
      return;
    default:
      return;
  }
}

void touch(const executorch::runtime::NamedDataMap& map) {
  constexpr uint32_t kKeys = 6;
  constexpr size_t kLargest = 1 << 14;
  const auto count = map.get_num_keys();
  for (uint32_t i = 0; count.ok() && i <= *count && i < kKeys; ++i) {
    const auto key = map.get_key(i);
    if (!key.ok()) continue;
    const auto data = map.get_data(*key);
    if (data.ok()) read(data->data(), data->size());
    const auto layout = map.get_tensor_layout(*key);
    if (!layout.ok()) continue;
    read_list(layout->sizes());
    read_list(layout->dim_order());
    if (layout->nbytes() > kLargest) continue;
    const Bytes room = make_bytes(layout->nbytes(), 16, 0);
    if (map.load_data_into(*key, room.get(), layout->nbytes()) == executorch::runtime::Error::Ok) {
      read(room.get(), layout->nbytes());
    }
  }
}

}  // namespace etbuild::testing
