#include <executorch/runtime/executor/pte_data_map.h>

#include "segments.h"

namespace executorch::runtime::internal {

Result<PteDataMap> PteDataMap::create(DataLoader* loader, size_t segment_base_offset,
                                      const flatbuffers::FlatbufferNamedData* named_data,
                                      const flatbuffers::FlatbufferDataSegment* segments) {
  ET_CHECK_OR_RETURN_ERROR(loader != nullptr && named_data != nullptr && segments != nullptr, InvalidArgument,
                           "PteDataMap loader, named_data or segments is null");
  return PteDataMap(loader, segment_base_offset, named_data, segments);
}

Result<FreeableBuffer> PteDataMap::get_data(std::string_view key) const {
  for (uint32_t index = 0; index < named_data_->size(); ++index) {
    const auto* entry = named_data_->Get(index);
    if (entry->key()->view() != key) continue;
    ET_CHECK_OR_RETURN_ERROR(entry->segment_index() < segments_->size(), InvalidArgument,
                             "Segment index %u for key %.*s is out of range for segments size %u",
                             static_cast<unsigned>(entry->segment_index()), static_cast<int>(key.size()), key.data(),
                             static_cast<unsigned>(segments_->size()));
    const DataLoader::SegmentInfo info(DataLoader::SegmentInfo::Type::Constant, entry->segment_index());
    const SegmentRange range = range_of(segments_->Get(entry->segment_index()));
    return loader_->load(segment_base_offset_ + range.offset, range.size, info);
  }
  return Error::NotFound;
}

Result<uint32_t> PteDataMap::get_num_keys() const { return named_data_->size(); }

Result<const char*> PteDataMap::get_key(uint32_t index) const {
  ET_CHECK_OR_RETURN_ERROR(index < named_data_->size(), InvalidArgument,
                           "Index out of range: named_data size is %u, received index %u",
                           static_cast<unsigned>(named_data_->size()), static_cast<unsigned>(index));
  return named_data_->Get(index)->key()->c_str();
}

}  // namespace executorch::runtime::internal
