// Several maps as one, against what the official library does.
#include <executorch/extension/named_data_map/merged_data_map.h>

#include <string>
#include <typeinfo>

#include "check.h"

using executorch::extension::merged_data_map::MergedDataMap;
using executorch::runtime::Error;
using executorch::runtime::FreeableBuffer;
using executorch::runtime::NamedDataMap;
using executorch::runtime::Result;
using executorch::runtime::TensorLayout;

namespace {

// An app's own map: each key's data is the key. `broken` fails where it is asked for its keys.
class Names final : public NamedDataMap {
 public:
  explicit Names(std::vector<std::string> keys, Error broken = Error::Ok) : keys_(std::move(keys)), broken_(broken) {}

  Result<const TensorLayout> get_tensor_layout(std::string_view) const override { return Error::NotImplemented; }
  Result<FreeableBuffer> get_data(std::string_view key) const override {
    for (const std::string& own : keys_) {
      if (own == key) return FreeableBuffer(own.data(), own.size(), nullptr);
    }
    return Error::Internal;
  }
  Error load_data_into(std::string_view, void* buffer, size_t size) const override {
    if (size > 0) *static_cast<char*>(buffer) = 'x';
    return Error::Ok;
  }
  Result<uint32_t> get_num_keys() const override {
    if (broken_ != Error::Ok) return broken_;
    return static_cast<uint32_t>(keys_.size());
  }
  Result<const char*> get_key(uint32_t index) const override { return keys_[index].c_str(); }

 private:
  std::vector<std::string> keys_;
  Error broken_;
};

Result<MergedDataMap> merge(std::vector<const NamedDataMap*> maps) {
  return MergedDataMap::load({maps.data(), maps.size()});
}

}  // namespace

TEST(keys_of_all_maps_are_there_in_order) {
  const Names first({"a", "b"});
  const Names second({"c", ""});
  auto merged = merge({&first, &second});
  CHECK(merged.ok() && merged->get_num_keys().get() == 4);
  std::string keys;
  for (uint32_t index = 0; index < 4; ++index) keys += std::string(merged->get_key(index).get()) + ",";
  CHECK(keys == "a,b,c,,");
  CHECK(merged->get_key(4).error() == Error::InvalidArgument);
  CHECK(merged->get_key(UINT32_MAX).error() == Error::InvalidArgument);
}

TEST(the_map_that_has_a_key_is_asked) {
  const Names first({"a"});
  const Names second({"b"});
  auto merged = merge({&first, &second});
  char data = 0;
  CHECK(merged->get_data("b").ok() && *static_cast<const char*>(merged->get_data("b")->data()) == 'b');
  CHECK(merged->get_tensor_layout("a").error() == Error::NotImplemented);
  CHECK(merged->load_data_into("a", &data, 1) == Error::Ok && data == 'x');
  CHECK(merged->get_data("c").error() == Error::NotFound);
  CHECK(merged->get_tensor_layout("c").error() == Error::NotFound);
  CHECK(merged->load_data_into("c", &data, 1) == Error::NotFound);
}

TEST(a_key_may_be_in_one_map_only) {
  const Names first({"a", "b"});
  const Names second({"b"});
  CHECK(merge({&first, &second}).error() == Error::InvalidArgument);
  CHECK(merge({&first, &first}).error() == Error::InvalidArgument);
}

TEST(maps_that_are_null_or_empty_do_not_count) {
  const Names empty({});
  const Names some({"a"});
  CHECK(merge({nullptr, &empty, &some, nullptr})->get_num_keys().get() == 1);
  CHECK(merge({}).error() == Error::InvalidArgument);
  CHECK(merge({nullptr}).error() == Error::InvalidArgument);
  CHECK(merge({&empty}).error() == Error::InvalidArgument);
}

TEST(an_app_with_rtti_can_ask_for_the_type) {
  const Names some({"a"});
  auto merged = merge({&some});
  const NamedDataMap& base = *merged;
  CHECK(typeid(base) == typeid(MergedDataMap));
}

#ifndef OFFICIAL_RUNTIME
// The official library ends the process: it takes the number of keys without looking at the error.
TEST(a_map_that_cannot_tell_its_keys_is_an_error) {
  const Names broken({}, Error::AccessFailed);
  const Names some({"a"});
  CHECK(merge({&some, &broken}).error() == Error::AccessFailed);
}
#endif

TEST_MAIN()
