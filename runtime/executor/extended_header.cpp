#include "extended_header.h"

#include <executorch/runtime/core/result.h>
#include <executorch/runtime/executor/program.h>

#include <cstring>

namespace executorch::runtime::internal {
namespace {

// Offsets of its fields from the file's beginning: after the root offset and the file's identifier.
constexpr size_t kMagic = 8;
constexpr size_t kLength = 12;
constexpr size_t kProgramSize = 16;
constexpr size_t kSegmentBaseOffset = 24;
constexpr size_t kSegmentDataSize = 32;
// Lengths that it had before and has now.
constexpr uint32_t kLengthWithoutDataSize = 24;
constexpr uint32_t kLengthWithDataSize = 32;

// False if the little-endian number at `data` does not fit size_t.
bool read_size(const uint8_t* data, size_t* value) {
  uint64_t number = 0;
  std::memcpy(&number, data, sizeof(number));
  *value = static_cast<size_t>(number);
  return *value == number;
}

}  // namespace

Error ExtendedHeader::read(const void* data, size_t size) {
  ET_CHECK_OR_RETURN_ERROR(size >= Program::kMinHeadBytes, InvalidArgument,
                           "Extended header data size %zu < minimum %zu", size, Program::kMinHeadBytes);
  const auto* bytes = static_cast<const uint8_t*>(data);
  if (std::memcmp(bytes + kMagic, "eh00", 4) != 0) return Error::NotFound;
  uint32_t length = 0;
  std::memcpy(&length, bytes + kLength, sizeof(length));
  ET_CHECK_OR_RETURN_ERROR(length >= kLengthWithoutDataSize, InvalidProgram, "Extended header length %u < %u",
                           static_cast<unsigned>(length), static_cast<unsigned>(kLengthWithoutDataSize));
  bool fits =
      read_size(bytes + kProgramSize, &program_size) && read_size(bytes + kSegmentBaseOffset, &segment_base_offset);
  segment_data_size = 0;
  if (length >= kLengthWithDataSize) fits = fits && read_size(bytes + kSegmentDataSize, &segment_data_size);
  ET_CHECK_OR_RETURN_ERROR(
      fits && segment_data_size <= SIZE_MAX - segment_base_offset &&
          (segment_base_offset == 0 || program_size <= segment_base_offset),
      InvalidProgram, "segment_base_offset %zu + segment_data_size %zu overflows, or segments begin before byte %zu",
      segment_base_offset, segment_data_size, program_size);
  return Error::Ok;
}

}  // namespace executorch::runtime::internal
