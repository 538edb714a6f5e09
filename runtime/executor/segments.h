// Where in a file a program's segments lie.

#pragma once

#include <executorch/runtime/core/data_loader.h>
#include <executorch/runtime/core/result.h>

#include "program_schema.h"

namespace executorch::runtime::internal {

using Segments = flatbuffers::Vector<flatbuffers::Offset<executorch_flatbuffer::DataSegment>, uint32_t>;

// Checks that each segment ends within `data_size` bytes after `base_offset`, or, if `data_size` is 0, within
// `file_size`: whatever else names a segment needs to check only its index. InvalidProgram otherwise.
ET_NODISCARD Error check_segments(const Segments* segments, size_t base_offset, size_t data_size, size_t file_size);

// Where a checked segment lies, relative to the base offset.
struct SegmentRange {
  size_t offset;
  size_t size;
};
SegmentRange range_of(const executorch_flatbuffer::DataSegment* segment);

// Stores entry `index` of `offsets`. False if there is none, or if the `nbytes` from there on are not all within
// `size`.
bool find_offset(const flatbuffers::Vector<uint64_t, uint32_t>* offsets, size_t index, size_t nbytes, size_t size,
                 size_t* offset);

// Stores what was loaded in place of an empty buffer.
ET_NODISCARD Error take(Result<FreeableBuffer>&& loaded, FreeableBuffer& place);

// Loads bytes of the file in place of an empty buffer.
ET_NODISCARD Error load_bytes(const DataLoader* loader, size_t offset, size_t size, const DataLoader::SegmentInfo& info,
                              FreeableBuffer& place);

// Likewise a checked segment, whose index is info.segment_index. NotFound if there is no such segment.
ET_NODISCARD Error load_segment(const DataLoader* loader, const Segments* segments, size_t base_offset,
                                const DataLoader::SegmentInfo& info, FreeableBuffer& place);

}  // namespace executorch::runtime::internal
