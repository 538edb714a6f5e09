#include "joined_data_map.h"

namespace executorch::runtime::internal {

namespace {

Error count_keys(const NamedDataMap* map, uint32_t* count) {
  const auto found = map->get_num_keys();
  if (found.ok()) *count = *found;
  return found.error();
}

}  // namespace

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
  uint32_t first = 0;
  uint32_t second = 0;
  ET_CHECK_OK_OR_RETURN_ERROR(count_keys(second_, &second));
  ET_CHECK_OK_OR_RETURN_ERROR(count_keys(first_, &first));
  return first + second;
}

Result<const char*> JoinedDataMap::get_key(uint32_t index) const {
  uint32_t first = 0;
  ET_CHECK_OK_OR_RETURN_ERROR(count_keys(first_, &first));
  return index < first ? first_->get_key(index) : second_->get_key(index - first);
}

}  // namespace executorch::runtime::internal
