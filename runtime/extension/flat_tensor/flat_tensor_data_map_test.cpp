// Data of .ptd files, against what the official library does. Where that one trusts the file, only ours is asked.
#include <executorch/extension/data_loader/buffer_data_loader.h>
#include <executorch/extension/flat_tensor/flat_tensor_data_map.h>

#include <functional>
#include <typeinfo>

#include "check.h"
#include "ptd_file.h"

using etbuild::testing::PtdFile;
using etbuild::testing::three_entries;
using executorch::extension::BufferDataLoader;
using executorch::extension::FlatTensorDataMap;
using executorch::extension::FlatTensorHeader;
using executorch::runtime::Error;
using executorch::runtime::NamedDataMap;

namespace {

// A file's bytes where a loader can hand them out, aligned, and no further than they go.
class LoadedFile final {
 public:
  explicit LoadedFile(const std::vector<uint8_t>& bytes)
      : data_(static_cast<uint8_t*>(::operator new (bytes.size() + 1, std::align_val_t{64}))),
        loader_(data_, bytes.size()) {
    if (!bytes.empty()) std::memcpy(data_, bytes.data(), bytes.size());
  }
  ~LoadedFile() { ::operator delete (data_, std::align_val_t{64}); }
  LoadedFile(const LoadedFile&) = delete;
  LoadedFile& operator=(const LoadedFile&) = delete;

  BufferDataLoader* loader() { return &loader_; }

 private:
  uint8_t* data_;
  BufferDataLoader loader_;
};

Error load_error(const std::vector<uint8_t>& bytes) {
  LoadedFile file(bytes);
  return FlatTensorDataMap::load(file.loader()).error();
}

Error load_error(const std::function<void(PtdFile&)>& change) {
  PtdFile file = three_entries();
  change(file);
  return load_error(file.bytes());
}

// What a map of a changed file says of "weight": data, layout, a part of the data.
struct Answers {
  Error data = Error::Internal;
  Error layout = Error::Internal;
  Error part = Error::Internal;

  bool all(Error error) const { return data == error && layout == error && part == error; }
};

Answers ask(const NamedDataMap& map, const char* key) {
  uint8_t part[64] = {};
  return {map.get_data(key).error(), map.get_tensor_layout(key).error(), map.load_data_into(key, part, 4)};
}

Answers ask(const std::function<void(PtdFile&)>& change, const char* key = "weight") {
  PtdFile file = three_entries();
  change(file);
  LoadedFile loaded(file.bytes());
  auto map = FlatTensorDataMap::load(loaded.loader());
  if (!map.ok()) return {};
  CHECK(ask(*map, "bias").all(Error::Ok));
  return ask(*map, key);
}

// Asks for all that a map has, for a sanitizer to see.
[[maybe_unused]] void read_all(const NamedDataMap& map) {
  const uint32_t count = map.get_num_keys().get();
  for (uint32_t index = 0; index < count; ++index) {
    const char* key = map.get_key(index).get();
    static_cast<void>(ask(map, key));
    auto data = map.get_data(key);
    if (!data.ok()) continue;
    const std::vector<uint8_t> copy(static_cast<const uint8_t*>(data->data()),
                                    static_cast<const uint8_t*>(data->data()) + data->size());
  }
}

}  // namespace

TEST(keys_data_and_layouts_are_as_written) {
  LoadedFile file(three_entries().bytes());
  auto map = FlatTensorDataMap::load(file.loader());
  CHECK(map.ok() && map->get_num_keys().get() == 3);
  CHECK(std::string(map->get_key(0).get()) == "weight" && std::string(map->get_key(2).get()) == "blob");
  CHECK(map->get_key(3).error() == Error::InvalidArgument);
  auto data = map->get_data("bias");
  CHECK(data.ok() && data->size() == 8 && static_cast<const uint8_t*>(data->data())[0] == 32);
  CHECK(map->get_data("blob")->size() == 5);
  auto layout = map->get_tensor_layout("weight");
  CHECK(layout.ok() && layout->nbytes() == 24 && layout->sizes()[1] == 3 && layout->dim_order()[1] == 1);
  CHECK(layout->scalar_type() == executorch::aten::ScalarType::Float);
}

TEST(a_key_that_is_not_there_is_not_found) {
  LoadedFile file(three_entries().bytes());
  auto map = FlatTensorDataMap::load(file.loader());
  for (const char* key : {"", "weigh", "weights", "none"}) CHECK(ask(*map, key).all(Error::NotFound));
}

TEST(data_is_loaded_into_a_buffer_up_to_its_size) {
  LoadedFile file(three_entries().bytes());
  auto map = FlatTensorDataMap::load(file.loader());
  uint8_t data[25] = {};
  CHECK(map->load_data_into("weight", data, 24) == Error::Ok && data[23] == 23);
  CHECK(map->load_data_into("weight", data, 25) == Error::InvalidArgument);
}

TEST(two_keys_may_share_a_segment) {
  const auto answers = ask([](PtdFile& file) { file.named[2] = {"shared", 0}; }, "shared");
  CHECK(answers.all(Error::Ok));
}

TEST(a_file_of_no_keys_is_a_map_without_any) {
  PtdFile empty;
  LoadedFile file(empty.bytes());
  auto map = FlatTensorDataMap::load(file.loader());
  CHECK(map.ok() && map->get_num_keys().get() == 0 && map->get_key(0).error() == Error::InvalidArgument);
}

TEST(files_that_are_no_flat_tensors_are_refused) {
  for (const size_t place : {4, 8, 12}) {
    auto bytes = three_entries().bytes();
    bytes[place] = '!' - 8;
    CHECK(load_error(bytes) == Error::InvalidExternalData);
  }
  CHECK(load_error([](PtdFile& file) { file.version = 1; }) == Error::InvalidExternalData);
}

TEST(a_header_must_lie_within_the_file) {
  CHECK(load_error([](PtdFile& file) { file.flatbuffer_size_off = uint64_t{1} << 62; }) == Error::InvalidArgument);
  CHECK(load_error([](PtdFile& file) { file.flatbuffer_offset_off = uint64_t{1} << 62; }) == Error::InvalidArgument);
  CHECK(load_error([](PtdFile& file) { file.segment_base_off = 16; }) == Error::InvalidExternalData);
  CHECK(load_error([](PtdFile& file) { file.segment_base_off = uint64_t{1} << 63; }) == Error::InvalidExternalData);
  CHECK(load_error([](PtdFile& file) { file.segment_size_off = 1; }) == Error::InvalidExternalData);
}

TEST(a_header_is_parsed_as_documented) {
  auto bytes = three_entries().bytes();
  auto header = FlatTensorHeader::Parse(bytes.data(), bytes.size());
  CHECK(header.ok() && header->flatbuffer_offset == 48 && header->segment_data_size == 64);
  CHECK(header->segment_base_offset == bytes.size() - 64);
  CHECK(FlatTensorHeader::Parse(bytes.data(), 63).error() == Error::InvalidArgument);
  bytes[12] = 48;
  CHECK(FlatTensorHeader::Parse(bytes.data(), bytes.size()).ok());
  bytes[12] = 39;
  CHECK(FlatTensorHeader::Parse(bytes.data(), bytes.size()).error() == Error::InvalidExternalData);
  bytes[8] = 'X';
  CHECK(FlatTensorHeader::Parse(bytes.data(), bytes.size()).error() == Error::NotFound);
}

TEST(an_entry_whose_segment_is_missing_leaves_the_others) {
  CHECK(ask([](PtdFile& file) { file.named[0].segment = 3; }).all(Error::InvalidExternalData));
  const auto wrapped = ask([](PtdFile& file) { file.segments[0].offset = ~uint64_t{0} - 7; });
  CHECK(wrapped.data == Error::InvalidExternalData && wrapped.part == Error::InvalidExternalData);
}

TEST(a_layout_that_is_wrong_is_an_error) {
  const auto huge = std::vector<int32_t>(4, INT32_MAX);
  CHECK(ask([](PtdFile& file) { file.named[0].sizes = {-2, 3}; }).layout == Error::InvalidArgument);
  CHECK(ask([](PtdFile& file) { file.named[0].dim_order = {0, 2}; }).layout == Error::InvalidArgument);
  CHECK(ask([&](PtdFile& file) {
          file.named[0].sizes = huge;
          file.named[0].dim_order = {0, 1, 2, 3};
        }).layout == Error::InvalidArgument);
}

TEST(an_app_with_rtti_can_ask_for_the_type) {
  LoadedFile file(three_entries().bytes());
  auto map = FlatTensorDataMap::load(file.loader());
  const NamedDataMap& base = *map;
  CHECK(typeid(base) == typeid(FlatTensorDataMap) && dynamic_cast<const FlatTensorDataMap*>(&base) != nullptr);
}

// What the official library reads, crashes on or answers with bytes that are not the entry's.
#ifndef OFFICIAL_RUNTIME

TEST(a_blob_has_no_layout) {
  CHECK(ask([](PtdFile&) {}, "blob").layout == Error::NotFound);
}

TEST(no_more_is_written_than_was_asked_for) {
  LoadedFile file(three_entries().bytes());
  auto map = FlatTensorDataMap::load(file.loader());
  uint8_t data[24] = {};
  CHECK(map->load_data_into("weight", data, 7) == Error::Ok && data[6] == 6 && data[7] == 0);
  CHECK(map->load_data_into("blob", data, 5) == Error::Ok && data[0] == 40);
  CHECK(map->load_data_into("blob", data, 6) == Error::InvalidArgument);
}

TEST(an_entry_must_lie_within_the_segments) {
  CHECK(ask([](PtdFile& file) { file.segments[0].offset = 41; }).all(Error::InvalidExternalData));
  CHECK(ask([](PtdFile& file) { file.segments[0].size = 65; }).all(Error::InvalidExternalData));
  CHECK(ask([](PtdFile& file) { file.segments[0].size = 23; }).layout == Error::InvalidExternalData);
}

TEST(segments_whose_end_wraps_around_are_refused) {
  CHECK(load_error([](PtdFile& file) { file.segment_size_off = ~uint64_t{0} - 64; }) == Error::InvalidExternalData);
}

TEST(a_layout_must_make_sense) {
  CHECK(ask([](PtdFile& file) { file.named[0].dim_order = {0}; }).layout != Error::Ok);
  CHECK(ask([](PtdFile& file) { file.named[0].dim_order = {0, 0}; }).layout != Error::Ok);
  CHECK(ask([](PtdFile& file) { file.named[0].type = 99; }).layout != Error::Ok);
  CHECK(ask([](PtdFile& file) { file.named[0].type = -1; }).layout != Error::Ok);
}

TEST(a_file_that_ends_anywhere_is_refused) {
  const auto whole = three_entries().bytes();
  for (size_t size = 0; size < whole.size(); ++size) {
    const std::vector<uint8_t> part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    CHECK(load_error(part) != Error::Ok);
  }
}

TEST(any_changed_byte_is_refused_or_harmless) {
  const auto whole = three_entries().bytes();
  for (size_t place = 0; place < whole.size() - 64; ++place) {
    for (const int change : {1, 2, 4, 8, 16, 32, 64, 128, 255}) {
      auto bytes = whole;
      bytes[place] = static_cast<uint8_t>(bytes[place] ^ change);
      LoadedFile file(bytes);
      auto map = FlatTensorDataMap::load(file.loader());
      if (map.ok()) read_all(*map);
    }
  }
}

#endif

TEST_MAIN()
