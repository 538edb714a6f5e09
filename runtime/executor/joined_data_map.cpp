#include "joined_data_map.h"

namespace executorch::runtime::internal {

const NamedDataMap* JoinedDataMap::find(std::string_view key) const {
  // Another error than this one is about a key that is there.
  return first_->get_tensor_layout(key).error() == Error::NotFound ? second_ : first_;
}

Result<const TensorLayout> JoinedDataMap::get_tensor_layout(std::string_view key) const {
  return find(key)->get_tensor_layout(key);
}

Result<FreeableBuffer> JoinedDataMap::get_data(std::string_view key) const { return find(key)->get_data(key); }

Error JoinedDataMap::load_data_into(std::string_view /*key*/, void* /*buffer*/, size_t /*size*/) const {
  return Error::NotImplemented;
}

Result<uint32_t> JoinedDataMap::get_num_keys() const {
  auto first = first_->get_num_keys();
  const auto second = second_->get_num_keys();
  if (!second.ok()) return second.error();
  if (first.ok()) first.get() += second.get();
  return first;
}

Result<const char*> JoinedDataMap::get_key(uint32_t index) const {
  const auto first = first_->get_num_keys();
  if (!first.ok()) return first.error();
  return index < *first ? first_->get_key(index) : second_->get_key(index - *first);
}

}  // namespace executorch::runtime::internal
