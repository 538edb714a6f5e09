#include "joined_data_map.h"

#include <cstring>

#include "check.h"

using executorch::runtime::Error;
using executorch::runtime::FreeableBuffer;
using executorch::runtime::NamedDataMap;
using executorch::runtime::Result;
using executorch::runtime::TensorLayout;
using executorch::runtime::internal::JoinedDataMap;

namespace {

// One key, whose data is the key.
class OneKey final : public NamedDataMap {
 public:
  OneKey(const char* key, Error layout) : key_(key), layout_(layout) {}

  Result<const TensorLayout> get_tensor_layout(std::string_view key) const override {
    return key == key_ ? layout_ : Error::NotFound;
  }
  Result<FreeableBuffer> get_data(std::string_view key) const override {
    if (key != key_) return Error::NotFound;
    return FreeableBuffer(key_, std::strlen(key_), nullptr);
  }
  Error load_data_into(std::string_view /*key*/, void* /*buffer*/, size_t /*size*/) const override {
    return Error::NotImplemented;
  }
  Result<uint32_t> get_num_keys() const override { return uint32_t{1}; }
  Result<const char*> get_key(uint32_t index) const override {
    if (index != 0) return Error::InvalidArgument;
    return key_;
  }

 private:
  const char* key_;
  Error layout_;
};

}  // namespace

TEST(each_key_is_answered_by_the_map_that_has_it) {
  const OneKey first("a", Error::InvalidExternalData);
  const OneKey second("b", Error::NotImplemented);
  const JoinedDataMap both(&first, &second);
  CHECK(both.get_data("a")->data() != nullptr && both.get_data("b")->size() == 1);
  CHECK(both.get_data("c").error() == Error::NotFound);
  CHECK(both.get_tensor_layout("a").error() == Error::InvalidExternalData);
  CHECK(both.get_tensor_layout("b").error() == Error::NotImplemented);
  CHECK(*both.get_num_keys() == 2);
  CHECK(std::strcmp(*both.get_key(0), "a") == 0 && std::strcmp(*both.get_key(1), "b") == 0);
  CHECK(both.get_key(2).error() == Error::InvalidArgument);
  CHECK(both.load_data_into("a", nullptr, 0) == Error::NotImplemented);
}

TEST_MAIN()
