// Products of Half and BFloat16 that are larger than a block, where recorded calls are small: with memory for blocks
// and without, they are those of floats, rounded.
#include <executorch/runtime/kernel/kernel_includes.h>

#include <cmath>
#include <vector>

#include "runtime/testing/check.h"

namespace etbuild::kernels {

using executorch::aten::BFloat16;
using executorch::aten::Half;
using executorch::aten::ScalarType;
using executorch::aten::Tensor;
using executorch::aten::TensorImpl;
using executorch::runtime::Error;
using executorch::runtime::EValue;
using executorch::runtime::KernelRuntimeContext;
using executorch::runtime::MemoryAllocator;
using Arguments = executorch::runtime::Span<EValue*>;

void addmm_out(KernelRuntimeContext& context, Arguments arguments);
void linear_out(KernelRuntimeContext& context, Arguments arguments);

namespace {

constexpr int32_t kRows = 70;
constexpr int32_t kInner = 37;
constexpr int32_t kColumns = 133;

template <typename Element>
struct Matrix {
  Matrix(int32_t rows, int32_t columns, ScalarType type)
      : data(static_cast<size_t>(rows) * static_cast<size_t>(columns)),
        sizes{rows, columns},
        strides{columns, 1},
        impl(type, 2, sizes, data.data(), order, strides) {
    for (size_t at = 0; at < data.size(); ++at) data[at] = static_cast<Element>(static_cast<float>(at * 29 % 17) - 8);
  }

  EValue value() { return EValue(Tensor(&impl)); }
  float at(int32_t row, int32_t column) const {
    return static_cast<float>(
        data[static_cast<size_t>(row) * static_cast<size_t>(sizes[1]) + static_cast<size_t>(column)]);
  }

  std::vector<Element> data;
  int32_t sizes[2];
  int32_t strides[2];
  uint8_t order[2] = {0, 1};
  TensorImpl impl;
};

// Whether out = added + left * right, or left * right^T, as floats that were rounded to Element: sums are whole.
template <typename Element>
bool is_product(const Matrix<Element>& left, const Matrix<Element>& right, bool transposed,
                const Matrix<Element>& added, const Matrix<Element>& out) {
  for (int32_t row = 0; row < kRows; ++row) {
    for (int32_t column = 0; column < kColumns; ++column) {
      float sum = added.at(0, column);
      for (int32_t at = 0; at < kInner; ++at) {
        sum += left.at(row, at) * (transposed ? right.at(column, at) : right.at(at, column));
      }
      if (out.at(row, column) != static_cast<float>(static_cast<Element>(sum))) return false;
    }
  }
  return true;
}

template <typename Element>
void check_products(ScalarType type, MemoryAllocator* memory) {
  Matrix<Element> left(kRows, kInner, type);
  Matrix<Element> right(kInner, kColumns, type);
  Matrix<Element> weight(kColumns, kInner, type);
  Matrix<Element> added(1, kColumns, type);
  Matrix<Element> out(kRows, kColumns, type);
  EValue values[] = {added.value(), left.value(), right.value(), EValue(1.0), EValue(1.0), out.value()};
  EValue* pointers[] = {&values[0], &values[1], &values[2], &values[3], &values[4], &values[5]};
  KernelRuntimeContext first(nullptr, memory);
  addmm_out(first, {pointers, 6});
  CHECK(first.failure_state() == Error::Ok);
  CHECK(is_product(left, right, false, added, out));

  TensorImpl bias(type, 1, added.sizes + 1, added.data.data(), added.order, added.strides + 1);
  EValue weights = weight.value();
  EValue biases{Tensor(&bias)};
  EValue* of_linear[] = {&values[1], &weights, &biases, &values[5]};
  KernelRuntimeContext second(nullptr, memory);
  linear_out(second, {of_linear, 4});
  CHECK(second.failure_state() == Error::Ok);
  CHECK(is_product(left, weight, true, added, out));
}

TEST(with_memory_for_blocks) {
  std::vector<uint8_t> bytes(8U << 20U);
  MemoryAllocator memory(static_cast<uint32_t>(bytes.size()), bytes.data());
  check_products<Half>(ScalarType::Half, &memory);
  memory.reset();
  check_products<BFloat16>(ScalarType::BFloat16, &memory);
}

TEST(without_memory) {
  check_products<Half>(ScalarType::Half, nullptr);
  check_products<BFloat16>(ScalarType::BFloat16, nullptr);
}

}  // namespace
}  // namespace etbuild::kernels

TEST_MAIN()
