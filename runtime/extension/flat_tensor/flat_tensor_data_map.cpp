// Named data of a .ptd file. Its flatbuffer's structure is checked once, by the walk; what an entry says (its segment,
// its layout), when it is asked for: an entry that is wrong leaves the others as they are.
#include <executorch/extension/flat_tensor/flat_tensor_data_map.h>
#include <executorch/runtime/platform/log.h>

#include <cstdint>
#include <limits>

#include "flat_tensor_schema.h"
#include "verify.h"

namespace executorch::extension {

using flat_tensor_flatbuffer::DataSegment;
using flat_tensor_flatbuffer::FlatTensor;
using flat_tensor_flatbuffer::NamedData;
using runtime::DataLoader;
using runtime::Error;
using runtime::FreeableBuffer;
using runtime::Result;
using runtime::TensorLayout;

namespace {

// Where data is within the file.
struct Place {
  size_t offset;
  size_t size;
};

// Whether [start, start + size) does not wrap around and ends at `limit` at most.
bool lies_within(uint64_t start, uint64_t size, uint64_t limit) { return start <= limit && size <= limit - start; }

DataLoader::SegmentInfo external_segment(size_t index) {
  return DataLoader::SegmentInfo(DataLoader::SegmentInfo::Type::External, index);
}

// Ok if what the header says lies within the file, and so within size_t.
Error check_header(const FlatTensorHeader& header, size_t file_size) {
  // More than this cannot be named by the flatbuffer's own references.
  constexpr uint64_t kLargestFlatbuffer = std::numeric_limits<int32_t>::max();
  ET_CHECK_OR_RETURN_ERROR(lies_within(header.flatbuffer_offset, header.flatbuffer_size, kLargestFlatbuffer),
                           InvalidArgument, "The flatbuffer's size is out of range");
  ET_CHECK_OR_RETURN_ERROR(lies_within(header.segment_base_offset, header.segment_data_size, file_size),
                           InvalidExternalData, "The segments must end within the file, which has %zu bytes",
                           file_size);
  return Error::Ok;
}

Result<const NamedData*> find(const FlatTensor* flat_tensor, std::string_view key) {
  for (const NamedData* entry : *flat_tensor->named_data()) {
    if (entry->key()->view() == key) return entry;
  }
  return Error::NotFound;
}

Result<Place> place_of(const NamedData* entry, const FlatTensor* flat_tensor, const FlatTensorHeader& header) {
  const uint32_t index = entry->segment_index();
  ET_CHECK_OR_RETURN_ERROR(index < flat_tensor->segments()->size(), InvalidExternalData, "'%s' is in segment %u of %u",
                           entry->key()->c_str(), static_cast<unsigned>(index),
                           static_cast<unsigned>(flat_tensor->segments()->size()));
  const DataSegment* segment = flat_tensor->segments()->Get(index);
  ET_CHECK_OR_RETURN_ERROR(lies_within(segment->offset(), segment->size(), header.segment_data_size),
                           InvalidExternalData, "Segment %u must end within the file's segments",
                           static_cast<unsigned>(index));
  return Place{static_cast<size_t>(header.segment_base_offset + segment->offset()),
               static_cast<size_t>(segment->size())};
}

Result<const TensorLayout> layout_of(const NamedData* entry, size_t segment_size) {
  const char* key = entry->key()->c_str();
  const flat_tensor_flatbuffer::TensorLayout* layout = entry->tensor_layout();
  ET_CHECK_OR_RETURN_ERROR(layout != nullptr, NotFound, "'%s' has no layout", key);
  const auto* sizes = layout->sizes();
  const auto* dim_order = layout->dim_order();
  auto created = TensorLayout::create({sizes->data(), sizes->size()}, {dim_order->data(), dim_order->size()},
                                      static_cast<aten::ScalarType>(layout->scalar_type()));
  if (!created.ok()) return created.error();
  ET_CHECK_OR_RETURN_ERROR(created->nbytes() <= segment_size, InvalidExternalData,
                           "'%s' has %zu bytes in a segment of %zu", key, created->nbytes(), segment_size);
  return *created;
}

}  // namespace

Result<FlatTensorDataMap> FlatTensorDataMap::load(DataLoader* loader) {
  ET_CHECK_OR_RETURN_ERROR(loader != nullptr, InvalidArgument, "The loader must be given, is null");
  auto head = loader->load(0, FlatTensorHeader::kNumHeadBytes, external_segment(0));
  if (!head.ok()) return head.error();
  auto header = FlatTensorHeader::Parse(head->data(), head->size());
  ET_CHECK_OR_RETURN_ERROR(header.ok(), InvalidExternalData, "Not a file of flat tensors");
  auto file_size = loader->size();
  if (!file_size.ok()) return file_size.error();
  ET_CHECK_OK_OR_RETURN_ERROR(check_header(*header, *file_size));
  // The writer counts the flatbuffer without the header that it puts into it: that many more belong to it.
  auto data =
      loader->load(0, static_cast<size_t>(header->flatbuffer_offset + header->flatbuffer_size), external_segment(0));
  if (!data.ok()) return data.error();
  ET_CHECK_OK_OR_RETURN_ERROR(runtime::internal::verify_flat_tensor_structure(data->data(), data->size()));
  const auto* flat_tensor = static_cast<const FlatTensor*>(::flatbuffers::follow(data->data()));
  ET_CHECK_OR_RETURN_ERROR(flat_tensor->version() <= kMaxSupportedSchemaVersion, InvalidExternalData,
                           "The file's version must be %u at most, is %u",
                           static_cast<unsigned>(kMaxSupportedSchemaVersion),
                           static_cast<unsigned>(flat_tensor->version()));
  return FlatTensorDataMap(*header, std::move(*data), flat_tensor, loader);
}

Result<const TensorLayout> FlatTensorDataMap::get_tensor_layout(std::string_view key) const {
  auto entry = find(flat_tensor_, key);
  if (!entry.ok()) return entry.error();
  auto place = place_of(*entry, flat_tensor_, header_);
  if (!place.ok()) return place.error();
  return layout_of(*entry, place->size);
}

Result<FreeableBuffer> FlatTensorDataMap::get_data(std::string_view key) const {
  auto entry = find(flat_tensor_, key);
  if (!entry.ok()) return entry.error();
  auto place = place_of(*entry, flat_tensor_, header_);
  if (!place.ok()) return place.error();
  return loader_->load(place->offset, place->size, external_segment((*entry)->segment_index()));
}

Error FlatTensorDataMap::load_data_into(std::string_view key, void* buffer, size_t size) const {
  auto entry = find(flat_tensor_, key);
  if (!entry.ok()) return entry.error();
  auto place = place_of(*entry, flat_tensor_, header_);
  if (!place.ok()) return place.error();
  size_t available = place->size;
  if ((*entry)->tensor_layout() != nullptr) {
    auto layout = layout_of(*entry, place->size);
    if (!layout.ok()) return layout.error();
    available = layout->nbytes();
  }
  ET_CHECK_OR_RETURN_ERROR(size <= available, InvalidArgument, "'%s' has %zu bytes, of which %zu were asked for",
                           (*entry)->key()->c_str(), available, size);
  return loader_->load_into(place->offset, size, external_segment((*entry)->segment_index()), buffer);
}

Result<uint32_t> FlatTensorDataMap::get_num_keys() const { return flat_tensor_->named_data()->size(); }

Result<const char*> FlatTensorDataMap::get_key(uint32_t index) const {
  ET_CHECK_OR_RETURN_ERROR(index < flat_tensor_->named_data()->size(), InvalidArgument, "Key %u of %u",
                           static_cast<unsigned>(index), static_cast<unsigned>(flat_tensor_->named_data()->size()));
  return flat_tensor_->named_data()->Get(index)->key()->c_str();
}

}  // namespace executorch::extension
