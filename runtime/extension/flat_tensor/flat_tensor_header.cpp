#include <executorch/extension/flat_tensor/serialize/flat_tensor_header.h>
#include <executorch/runtime/platform/log.h>

#include <cstdint>
#include <cstring>

namespace executorch::extension {

using runtime::Result;

namespace {

// The targets are little-endian, like the file.
template <typename T>
T read(const uint8_t* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

}  // namespace

Result<FlatTensorHeader> FlatTensorHeader::Parse(const void* data, size_t size) {
  ET_CHECK_OR_RETURN_ERROR(data != nullptr && size >= kNumHeadBytes, InvalidArgument,
                           "The head must have %zu bytes, has %zu", kNumHeadBytes, size);
  const uint8_t* header = static_cast<const uint8_t*>(data) + kHeaderOffset;
  ET_CHECK_OR_RETURN_ERROR(std::memcmp(header, kMagic, kMagicSize) == 0, NotFound, "No header of flat tensors");
  const auto length = read<uint32_t>(header + 4);
  ET_CHECK_OR_RETURN_ERROR(length >= kHeaderExpectedLength, InvalidExternalData,
                           "The header's length must be %u at least, is %u",
                           static_cast<unsigned>(kHeaderExpectedLength), static_cast<unsigned>(length));
  return FlatTensorHeader{read<uint64_t>(header + 8), read<uint64_t>(header + 16), read<uint64_t>(header + 24),
                          read<uint64_t>(header + 32)};
}

}  // namespace executorch::extension
