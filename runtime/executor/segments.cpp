#include "segments.h"

#include <executorch/runtime/executor/program.h>

#include <new>

namespace executorch::runtime {
namespace internal {

Error check_segments(const Segments* segments, size_t base_offset, size_t data_size, size_t file_size) {
  if (data_size == 0) data_size = file_size >= base_offset ? file_size - base_offset : 0;
  for (uint32_t index = 0; index < segments->size(); ++index) {
    const auto* segment = segments->Get(index);
    const uint64_t offset = segment->offset();
    // Subtracted, not added: offset + size may wrap around.
    ET_CHECK_OR_RETURN_ERROR(offset <= data_size && segment->size() <= data_size - offset, InvalidProgram,
                             "Segment %u spans bytes [%" PRIu64 ", +%" PRIu64 ") but the segments have %zu",
                             static_cast<unsigned>(index), offset, segment->size(), data_size);
  }
  return Error::Ok;
}

Error take(Result<FreeableBuffer>&& loaded, FreeableBuffer& place) {
  if (loaded.ok()) new (&place) FreeableBuffer(std::move(*loaded));
  return loaded.error();
}

Error load_bytes(const DataLoader* loader, size_t offset, size_t size, const DataLoader::SegmentInfo& info,
                 FreeableBuffer& place) {
  return take(loader->load(offset, size, info), place);
}

Error load_segment(const DataLoader* loader, const Segments* segments, size_t base_offset,
                   const DataLoader::SegmentInfo& info, FreeableBuffer& place) {
  ET_CHECK_OR_RETURN_ERROR(info.segment_index < segments->size(), NotFound, "Segment index %zu out of range (>= %u)",
                           info.segment_index, static_cast<unsigned>(segments->size()));
  const SegmentRange range = range_of(segments->Get(static_cast<uint32_t>(info.segment_index)));
  return load_bytes(loader, base_offset + range.offset, range.size, info, place);
}

SegmentRange range_of(const executorch_flatbuffer::DataSegment* segment) {
  return {static_cast<size_t>(segment->offset()), static_cast<size_t>(segment->size())};
}

bool find_offset(const flatbuffers::Vector<uint64_t, uint32_t>* offsets, size_t index, size_t nbytes, size_t size,
                 size_t* offset) {
  if (index >= offsets->size()) return false;
  const uint64_t found = offsets->Get(static_cast<uint32_t>(index));
  *offset = static_cast<size_t>(found);
  // Subtracted, not added: the sum may wrap around.
  return found == *offset && *offset <= size && nbytes <= size - *offset;
}

}  // namespace internal

Result<FreeableBuffer> Program::LoadSegment(const DataLoader::SegmentInfo& segment_info) const {
  ET_CHECK_OR_RETURN_ERROR(loader_ != nullptr, NotFound, "No segments in program: requested index %zu",
                           segment_info.segment_index);
  FreeableBuffer loaded;
  ET_CHECK_OK_OR_RETURN_ERROR(
      internal::load_segment(loader_, internal_program_->segments(), segment_base_offset_, segment_info, loaded));
  return loaded;
}

Error Program::load_mutable_subsegment_into(size_t mutable_data_segments_index, size_t offset_index, size_t size,
                                            void* buffer) const {
  const auto* groups = internal_program_->mutable_data_segments();
  ET_CHECK_OR_RETURN_ERROR(loader_ != nullptr && mutable_data_segments_index < groups->size(), NotFound,
                           "No segments in program, or mutable_data_segments_index %zu out of range >= %u",
                           mutable_data_segments_index, static_cast<unsigned>(groups->size()));
  const auto* group = groups->Get(static_cast<uint32_t>(mutable_data_segments_index));
  const auto* segments = internal_program_->segments();
  ET_CHECK_OR_RETURN_ERROR(group->segment_index() < segments->size() && offset_index < group->offsets()->size(),
                           NotFound, "Segment index %u out of range (>= %u), or offset index %zu (>= %u)",
                           static_cast<unsigned>(group->segment_index()), static_cast<unsigned>(segments->size()),
                           offset_index, static_cast<unsigned>(group->offsets()->size()));
  const internal::SegmentRange range = internal::range_of(segments->Get(group->segment_index()));
  size_t offset = 0;
  ET_CHECK_OR_RETURN_ERROR(internal::find_offset(group->offsets(), offset_index, size, range.size, &offset),
                           InvalidProgram, "offset %zu + size %zu out of range > %zu", offset, size, range.size);
  return loader_->load_into(segment_base_offset_ + range.offset + offset, size,
                            DataLoader::SegmentInfo(DataLoader::SegmentInfo::Type::Mutable, group->segment_index()),
                            buffer);
}

Result<const void*> Program::get_constant_buffer_data(size_t buffer_idx, size_t nbytes) const {
  const auto* data = static_cast<const uint8_t*>(constant_segment_data_.data());
  ET_CHECK_OR_RETURN_ERROR(data != nullptr, InvalidProgram, "The program has no constants: buffer index %zu",
                           buffer_idx);
  const auto* constants = internal_program_->constant_segment();
  size_t offset = 0;
  ET_CHECK_OR_RETURN_ERROR(
      internal::find_offset(constants->offsets(), buffer_idx, nbytes, constant_segment_data_.size(), &offset),
      InvalidArgument, "Constant %zu of %zu bytes is none of %u in %zu bytes", buffer_idx, nbytes,
      static_cast<unsigned>(constants->offsets()->size()), constant_segment_data_.size());
  return static_cast<const void*>(data + offset);
}

Error Program::get_backend_delegate_data(size_t index, const void** out_data, size_t* out_size) const {
  const auto* blobs = internal_program_->backend_delegate_data();
  ET_CHECK_OR_RETURN_ERROR(index < blobs->size(), NotFound, "index %zu >= list size %u", index,
                           static_cast<unsigned>(blobs->size()));
  const auto* data = blobs->Get(static_cast<uint32_t>(index))->data();
  *out_data = data->data();
  *out_size = data->size();
  return Error::Ok;
}

}  // namespace executorch::runtime
