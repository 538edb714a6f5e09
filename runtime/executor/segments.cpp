#include "segments.h"

#include <executorch/runtime/executor/program.h>

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

Result<FreeableBuffer> load_segment(const DataLoader* loader, const Segments* segments, size_t base_offset,
                                    const DataLoader::SegmentInfo& info) {
  ET_CHECK_OR_RETURN_ERROR(info.segment_index < segments->size(), NotFound, "Segment index %zu out of range (>= %u)",
                           info.segment_index, static_cast<unsigned>(segments->size()));
  const auto* segment = segments->Get(static_cast<uint32_t>(info.segment_index));
  return loader->load(base_offset + static_cast<size_t>(segment->offset()), static_cast<size_t>(segment->size()), info);
}

}  // namespace internal

Result<FreeableBuffer> Program::LoadSegment(const DataLoader::SegmentInfo& segment_info) const {
  ET_CHECK_OR_RETURN_ERROR(loader_ != nullptr, NotFound, "No segments in program: requested index %zu",
                           segment_info.segment_index);
  return internal::load_segment(loader_, internal_program_->segments(), segment_base_offset_, segment_info);
}

Error Program::load_mutable_subsegment_into(size_t mutable_data_segments_index, size_t offset_index, size_t size,
                                            void* buffer) const {
  const auto* groups = internal_program_->mutable_data_segments();
  ET_CHECK_OR_RETURN_ERROR(loader_ != nullptr, NotFound, "No segments in program");
  ET_CHECK_OR_RETURN_ERROR(mutable_data_segments_index < groups->size(), NotFound,
                           "mutable_data_segments_index %zu out of range >= %u", mutable_data_segments_index,
                           static_cast<unsigned>(groups->size()));
  const auto* group = groups->Get(static_cast<uint32_t>(mutable_data_segments_index));
  const auto* offsets = group->offsets();
  ET_CHECK_OR_RETURN_ERROR(offset_index < offsets->size(), NotFound, "offset index %zu out of range >= %u",
                           offset_index, static_cast<unsigned>(offsets->size()));
  const auto* segments = internal_program_->segments();
  ET_CHECK_OR_RETURN_ERROR(group->segment_index() < segments->size(), NotFound, "Segment index %u out of range (>= %u)",
                           static_cast<unsigned>(group->segment_index()), static_cast<unsigned>(segments->size()));
  const auto* segment = segments->Get(group->segment_index());
  const uint64_t offset = offsets->Get(static_cast<uint32_t>(offset_index));
  ET_CHECK_OR_RETURN_ERROR(offset <= segment->size() && size <= segment->size() - offset, InvalidProgram,
                           "offset %" PRIu64 " + size %zu out of range > %" PRIu64, offset, size, segment->size());
  const DataLoader::SegmentInfo info(DataLoader::SegmentInfo::Type::Mutable, group->segment_index());
  return loader_->load_into(segment_base_offset_ + static_cast<size_t>(segment->offset() + offset), size, info, buffer);
}

Result<const void*> Program::get_constant_buffer_data(size_t buffer_idx, size_t nbytes) const {
  const auto* data = static_cast<const uint8_t*>(constant_segment_data_.data());
  ET_CHECK_OR_RETURN_ERROR(data != nullptr, InvalidProgram, "The program has no constants: buffer index %zu",
                           buffer_idx);
  const auto* offsets = internal_program_->constant_segment()->offsets();
  ET_CHECK_OR_RETURN_ERROR(buffer_idx < offsets->size(), InvalidArgument,
                           "Constant segment buffer index %zu invalid for program constant segment range %u",
                           buffer_idx, static_cast<unsigned>(offsets->size()));
  const uint64_t size = constant_segment_data_.size();
  const uint64_t offset = offsets->Get(static_cast<uint32_t>(buffer_idx));
  ET_CHECK_OR_RETURN_ERROR(offset <= size && nbytes <= size - offset, InvalidArgument,
                           "Constant segment offset %" PRIu64
                           " + size_bytes %zu invalid for program constant segment "
                           "size %" PRIu64,
                           offset, nbytes, size);
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
