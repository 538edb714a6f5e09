// A contiguous float tensor with its memory, for tests.

#pragma once

#include <executorch/runtime/core/exec_aten/exec_aten.h>

#include <utility>
#include <vector>

namespace etbuild::kernels::llama {

class FloatTensor {
 public:
  explicit FloatTensor(std::vector<executorch::aten::SizesType> sizes)
      : sizes_(std::move(sizes)),
        order_(sizes_.size()),
        strides_(sizes_.size()),
        values_(count(sizes_)),
        impl_(executorch::aten::ScalarType::Float, static_cast<ssize_t>(sizes_.size()), sizes_.data(), values_.data(),
              order_.data(), strides_.data()),
        tensor_(&impl_) {
    executorch::aten::StridesType stride = 1;
    for (size_t dim = sizes_.size(); dim-- > 0; stride *= sizes_[dim]) {
      order_[dim] = static_cast<executorch::aten::DimOrderType>(dim);
      strides_[dim] = stride;
    }
  }
  FloatTensor(const FloatTensor&) = delete;
  FloatTensor& operator=(const FloatTensor&) = delete;

  // Fills it with numbers from -2 to 2 that a seed decides, the same on every device.
  FloatTensor& fill(uint32_t seed) {
    for (float& value : values_) {
      seed = seed * 1664525u + 1013904223u;
      value = static_cast<float>(static_cast<int32_t>(seed) >> 16) / 16384.0f;
    }
    return *this;
  }

  executorch::aten::Tensor& tensor() { return tensor_; }
  std::vector<float>& values() { return values_; }
  size_t size(size_t dim) const { return static_cast<size_t>(sizes_[dim]); }

 private:
  static size_t count(const std::vector<executorch::aten::SizesType>& sizes) {
    size_t product = 1;
    for (auto size : sizes) product *= static_cast<size_t>(size);
    return product;
  }

  std::vector<executorch::aten::SizesType> sizes_;
  std::vector<executorch::aten::DimOrderType> order_;
  std::vector<executorch::aten::StridesType> strides_;
  std::vector<float> values_;
  executorch::aten::TensorImpl impl_;
  executorch::aten::Tensor tensor_;
};

}  // namespace etbuild::kernels::llama
