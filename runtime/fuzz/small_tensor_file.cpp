#include <cstring>

#include "flat_tensor_schema.h"
#include "small_programs.h"

namespace etbuild::testing {

namespace ptd = flat_tensor_flatbuffer;
using executorch::runtime::internal::FlatbufferBuilder;
using Ref = FlatbufferBuilder::Ref;

namespace {

constexpr size_t kHeaderSize = 40;
constexpr size_t kSegmentBase = 512;
constexpr size_t kSegmentBytes = 48;

Ref entry(FlatbufferBuilder& builder, const char* key, uint32_t segment, Ref layout) {
  const Ref name = builder.string(key);
  builder.start_table();
  builder.add_ref(ptd::NamedData::slot_of_key, name);
  builder.add(ptd::NamedData::slot_of_segment_index, segment);
  builder.add_ref(ptd::NamedData::slot_of_tensor_layout, layout);
  return builder.end_table();
}

Ref layout(FlatbufferBuilder& builder, int32_t rows, int32_t columns, uint8_t first) {
  const int32_t sizes[2] = {rows, columns};
  const uint8_t order[2] = {first, static_cast<uint8_t>(1 - first)};
  const Ref refs[2] = {builder.vector(sizes, 2), builder.vector(order, 2)};
  builder.start_table();
  builder.add(ptd::TensorLayout::slot_of_scalar_type, executorch_flatbuffer::ScalarType::FLOAT);
  builder.add_ref(ptd::TensorLayout::slot_of_sizes, refs[0]);
  builder.add_ref(ptd::TensorLayout::slot_of_dim_order, refs[1]);
  return builder.end_table();
}

Ref segment(FlatbufferBuilder& builder, uint64_t offset, uint64_t size) {
  builder.start_table();
  builder.add(ptd::DataSegment::slot_of_offset, offset);
  builder.add(ptd::DataSegment::slot_of_size, size);
  return builder.end_table();
}

}  // namespace

FileBytes small_tensor_file() {
  alignas(32) uint8_t room[1024];
  FlatbufferBuilder builder(room, sizeof(room));
  const Ref entries[3] = {entry(builder, "weight", 0, layout(builder, 2, 2, 0)),
                          entry(builder, "other", 1, layout(builder, 2, 3, 1)), entry(builder, "blob", 1, 0)};
  for (const Ref each : entries) builder.push(each);
  const Ref named = builder.vector_of_pushed(0);
  const Ref parts[2] = {segment(builder, 0, 16), segment(builder, 16, 32)};
  for (const Ref each : parts) builder.push(each);
  const Ref segments = builder.vector_of_pushed(0);
  builder.start_table();
  builder.add<uint32_t>(ptd::FlatTensor::slot_of_version, 0);
  builder.add_ref(ptd::FlatTensor::slot_of_segments, segments);
  builder.add_ref(ptd::FlatTensor::slot_of_named_data, named);
  const auto bytes = builder.finish(builder.end_table(), "FT01");

  // The header goes behind the identifier, padded to 48; the size that it says is the one without it.
  constexpr size_t kInserted = 48;
  FileBytes file(bytes.data, bytes.data + 8);
  uint32_t root = 0;
  std::memcpy(&root, file.data(), sizeof(root));
  root += kInserted;
  std::memcpy(file.data(), &root, sizeof(root));
  file.resize(8 + kInserted);
  file.insert(file.end(), bytes.data + 8, bytes.data + bytes.size);
  const uint64_t numbers[4] = {kInserted, bytes.size, kSegmentBase, kSegmentBytes};
  const uint32_t length = kHeaderSize;
  std::memcpy(&file[8], "FH01", 4);
  std::memcpy(&file[12], &length, sizeof(length));
  std::memcpy(&file[16], numbers, sizeof(numbers));
  file.resize(kSegmentBase + kSegmentBytes, 0x3f);
  return file;
}

}  // namespace etbuild::testing
