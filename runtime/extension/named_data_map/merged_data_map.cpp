// Several maps as one: a key belongs to the map that has it; no two may have the same.
#include <executorch/extension/named_data_map/merged_data_map.h>
#include <executorch/runtime/platform/log.h>

#include <string>
#include <utility>

namespace executorch::extension::ET_MERGED_DATA_MAP_NAMESPACE {

using ET_RUNTIME_NAMESPACE::NamedDataMap;
using ET_RUNTIME_NAMESPACE::TensorLayout;
using runtime::Error;
using runtime::FreeableBuffer;
using runtime::Result;

namespace {

// Notes which map has each key of one map.
Error add_keys(const NamedDataMap& map, uint32_t map_index, std::unordered_map<std::string, uint32_t>* owners) {
  auto count = map.get_num_keys();
  if (!count.ok()) return count.error();
  for (uint32_t index = 0; index < *count; ++index) {
    auto key = map.get_key(index);
    if (!key.ok()) return key.error();
    const auto [owner, is_new] = owners->emplace(*key, map_index);
    ET_CHECK_OR_RETURN_ERROR(is_new, InvalidArgument, "The key '%s' is in maps %u and %u", *key,
                             static_cast<unsigned>(owner->second), static_cast<unsigned>(map_index));
  }
  return Error::Ok;
}

}  // namespace

Result<MergedDataMap> MergedDataMap::load(runtime::Span<const NamedDataMap*> named_data_maps) {
  std::vector<const NamedDataMap*> maps;
  std::unordered_map<std::string, uint32_t> owners;
  for (const NamedDataMap* map : named_data_maps) {
    if (map == nullptr) continue;
    const size_t before = owners.size();
    ET_CHECK_OK_OR_RETURN_ERROR(add_keys(*map, static_cast<uint32_t>(maps.size()), &owners));
    if (owners.size() > before) maps.push_back(map);
  }
  ET_CHECK_OR_RETURN_ERROR(!maps.empty(), InvalidArgument, "There must be a map with keys");
  return MergedDataMap(std::move(maps), std::move(owners));
}

Result<const TensorLayout> MergedDataMap::get_tensor_layout(std::string_view key) const {
  const auto owner = key_to_map_index_.find(std::string(key));
  if (owner == key_to_map_index_.end()) return Error::NotFound;
  return named_data_maps_[owner->second]->get_tensor_layout(key);
}

Result<FreeableBuffer> MergedDataMap::get_data(std::string_view key) const {
  const auto owner = key_to_map_index_.find(std::string(key));
  if (owner == key_to_map_index_.end()) return Error::NotFound;
  return named_data_maps_[owner->second]->get_data(key);
}

Error MergedDataMap::load_data_into(std::string_view key, void* buffer, size_t size) const {
  const auto owner = key_to_map_index_.find(std::string(key));
  if (owner == key_to_map_index_.end()) return Error::NotFound;
  return named_data_maps_[owner->second]->load_data_into(key, buffer, size);
}

Result<uint32_t> MergedDataMap::get_num_keys() const { return static_cast<uint32_t>(key_to_map_index_.size()); }

Result<const char*> MergedDataMap::get_key(uint32_t index) const {
  uint32_t before = index;
  for (const NamedDataMap* map : named_data_maps_) {
    auto count = map->get_num_keys();
    if (!count.ok()) return count.error();
    if (before < *count) return map->get_key(before);
    before -= *count;
  }
  ET_LOG(Error, "Key %u of %u", static_cast<unsigned>(index), static_cast<unsigned>(key_to_map_index_.size()));
  return Error::InvalidArgument;
}

}  // namespace executorch::extension::ET_MERGED_DATA_MAP_NAMESPACE
