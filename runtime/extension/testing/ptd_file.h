// Makes .ptd files for tests, right ones and wrong ones.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "flat_writer.h"

namespace etbuild::testing {

// What a .ptd file says; the fields that end in `off` are added to what would be right.
struct PtdFile {
  struct Segment {
    uint64_t offset;
    uint64_t size;
  };
  struct Named {
    std::string key;
    uint32_t segment;
    bool has_layout = true;
    int8_t type = 6;
    std::vector<int32_t> sizes = {2, 3};
    std::vector<uint8_t> dim_order = {0, 1};
  };

  std::vector<uint8_t> data;
  std::vector<Segment> segments;
  std::vector<Named> named;
  uint32_t version = 0;
  uint64_t flatbuffer_offset_off = 0;
  uint64_t flatbuffer_size_off = 0;
  uint64_t segment_base_off = 0;
  uint64_t segment_size_off = 0;
  bool has_key = true;

  std::vector<uint8_t> bytes() const;
};

// Two tensors and one blob that has no layout.
inline PtdFile three_entries() {
  PtdFile file;
  for (uint8_t index = 0; index < 64; ++index) file.data.push_back(index);
  file.segments = {{0, 24}, {32, 8}, {40, 5}};
  file.named = {{"weight", 0}, {"bias", 1, true, 4, {1}, {0}}, {"blob", 2, false}};
  return file;
}

inline std::vector<uint8_t> PtdFile::bytes() const {
  constexpr size_t kHeader = 40;
  FlatWriter writer("FT01", kHeader);
  const size_t root = writer.table({{0, 4, version}, {1, 0, 0}, {2, 0, 0}});
  writer.root(root);
  const size_t segment_list = writer.references(segments.size());
  writer.refer(FlatWriter::field(root, 1), segment_list);
  for (size_t index = 0; index < segments.size(); ++index) {
    const size_t segment = writer.table({{0, 8, segments[index].offset}, {1, 8, segments[index].size}});
    writer.refer(FlatWriter::element(segment_list, index), segment);
  }
  const size_t named_list = writer.references(named.size());
  writer.refer(FlatWriter::field(root, 2), named_list);
  for (size_t index = 0; index < named.size(); ++index) {
    const Named& entry = named[index];
    std::vector<FlatWriter::Field> fields = {{1, 4, entry.segment}};
    if (has_key) fields.push_back({0, 0, 0});
    if (entry.has_layout) fields.push_back({2, 0, 0});
    const size_t table = writer.table(fields);
    writer.refer(FlatWriter::element(named_list, index), table);
    if (has_key) writer.refer(FlatWriter::field(table, 1), writer.string(entry.key));
    if (!entry.has_layout) continue;
    const size_t layout = writer.table({{0, 1, static_cast<uint8_t>(entry.type)}, {1, 0, 0}, {2, 0, 0}});
    writer.refer(FlatWriter::field(table, fields.size() - 1), layout);
    writer.refer(FlatWriter::field(layout, 1), writer.vector(entry.sizes));
    writer.refer(FlatWriter::field(layout, 2), writer.vector(entry.dim_order));
  }
  writer.align(16);
  const uint64_t end = writer.bytes().size();
  std::vector<uint8_t>& bytes = writer.bytes();
  std::memcpy(bytes.data() + 8, "FH01", 4);
  writer.put<uint32_t>(12, kHeader);
  writer.put<uint64_t>(16, 8 + kHeader + flatbuffer_offset_off);
  // The writer of these files counts the flatbuffer as it was before the header was put into it.
  writer.put<uint64_t>(24, end - 8 - kHeader + flatbuffer_size_off);
  writer.put<uint64_t>(32, end + segment_base_off);
  writer.put<uint64_t>(40, data.size() + segment_size_off);
  bytes.insert(bytes.end(), data.begin(), data.end());
  return bytes;
}

}  // namespace etbuild::testing
