// Two data maps as one: what the caller brings, and what the program has itself.

#pragma once

#include <executorch/runtime/core/named_data_map.h>

namespace executorch::runtime::internal {

// Both must outlive it. A key that is in both is the first's; what is in neither is answered by the second.
class JoinedDataMap final : public NamedDataMap {
 public:
  JoinedDataMap(const NamedDataMap* first, const NamedDataMap* second) : first_(first), second_(second) {}

  ET_NODISCARD Result<const TensorLayout> get_tensor_layout(std::string_view key) const override;
  ET_NODISCARD Result<FreeableBuffer> get_data(std::string_view key) const override;
  // NotImplemented.
  ET_NODISCARD Error load_data_into(std::string_view key, void* buffer, size_t size) const override;
  ET_NODISCARD Result<uint32_t> get_num_keys() const override;
  ET_NODISCARD Result<const char*> get_key(uint32_t index) const override;

 private:
  const NamedDataMap* find(std::string_view key) const;

  const NamedDataMap* first_;
  const NamedDataMap* second_;
};

}  // namespace executorch::runtime::internal
