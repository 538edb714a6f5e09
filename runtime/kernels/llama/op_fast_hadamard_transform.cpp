// fast_hadamard_transform.out(Tensor mat, *, Tensor(a!) out): each row of the last dimension times a Hadamard matrix:
// of 2^k elements by that of Sylvester over 2^(k/2); of 28 * 2^k by the Kronecker product of one of order 28, not
// normalised, with that. Float, Double, Half or BFloat16, contiguous; the last two need memory for a row of floats.
#include <cmath>

#include "expect.h"
#include "shapes.h"

namespace etbuild::kernels::llama {
namespace {

constexpr int64_t kOrder = 28;

// Where row i of the matrix of order 28 is -1: bit j for column j.
constexpr uint32_t kNegative[kOrder] = {0x0cd69e7e, 0x09ad7c7d, 0x037ab8fb, 0x06d571f7, 0x0d8ae3ef, 0x0b3587df,
                                        0x066b4f3f, 0x0b467f43, 0x06acbe87, 0x0d593d8e, 0x0ab27b9c, 0x0564f7b8,
                                        0x0ac9aff0, 0x05b31fe1, 0x087fb325, 0x00ff66ca, 0x01decd95, 0x039ddb2a,
                                        0x071bf654, 0x0e17eca9, 0x0c2fd9d2, 0x0fcf1299, 0x0fbe2532, 0x0f7c4ae4,
                                        0x0ef8d549, 0x0df1ea13, 0x0be3d4a6, 0x07e7a94c};

// The row of a power of two, in place.
template <typename T>
void transform(T* row, int64_t size) {
  for (int64_t half = 1; half < size; half *= 2) {
    for (int64_t block = 0; block < size; block += 2 * half) {
      for (int64_t at = block; at < block + half; ++at) {
        const T left = row[at];
        const T right = row[at + half];
        row[at] = left + right;
        row[at + half] = left - right;
      }
    }
  }
  const T scale = static_cast<T>(1.0 / std::sqrt(static_cast<double>(size)));
  for (int64_t at = 0; at < size; ++at) row[at] *= scale;
}

// 28 rows that lie behind each other, times the matrix of that order.
template <typename T>
void mix(T* rows, int64_t size) {
  for (int64_t at = 0; at < size; ++at) {
    T column[kOrder];
    for (int64_t row = 0; row < kOrder; ++row) column[row] = rows[row * size + at];
    for (int64_t row = 0; row < kOrder; ++row) {
      T sum = 0;
      for (int64_t index = 0; index < kOrder; ++index) {
        sum += ((kNegative[row] >> index) & 1U) != 0 ? -column[index] : column[index];
      }
      rows[row * size + at] = sum;
    }
  }
}

template <typename T>
void transform_row(T* row, int64_t size, int64_t rows) {
  for (int64_t at = 0; at < rows; ++at) transform(row + at * size, size);
  if (rows > 1) mix(row, size);
}

struct Rows {
  int64_t count;
  int64_t width;
  int64_t parts;  // 28 or 1.
};

// By way of `row`, which has room for one; if it is null, in place.
template <typename Element, typename T>
void transform_all(const Rows& rows, const Tensor& from, Tensor& out, T* row) {
  for (int64_t at = 0; at < rows.count; ++at) {
    const Element* source = from.const_data_ptr<Element>() + at * rows.width;
    Element* target = out.mutable_data_ptr<Element>() + at * rows.width;
    if constexpr (std::is_same_v<Element, T>) row = target;
    for (int64_t index = 0; index < rows.width; ++index) row[index] = static_cast<T>(source[index]);
    transform_row(row, rows.width / rows.parts, rows.parts);
    if constexpr (!std::is_same_v<Element, T>) {
      for (int64_t index = 0; index < rows.width; ++index) target[index] = static_cast<Element>(row[index]);
    }
  }
}

void transform_narrow(KernelRuntimeContext& context, const Rows& rows, const Tensor& from, Tensor& out) {
  const auto memory = context.allocate_temp(static_cast<size_t>(rows.width) * sizeof(float), alignof(float));
  if (!memory.ok()) return context.fail(Error::MemoryAllocationFailed);
  auto* row = static_cast<float*>(*memory);
  if (from.scalar_type() == ScalarType::Half) return transform_all<executorch::aten::Half>(rows, from, out, row);
  transform_all<executorch::aten::BFloat16>(rows, from, out, row);
}

}  // namespace

void fast_hadamard_transform_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tt")) return;
  const Tensor& from = tensor(arguments, 0);
  Tensor& out = tensor(arguments, 1);
  const ScalarType type = from.scalar_type();
  const int64_t width = from.dim() > 0 ? from.size(from.dim() - 1) : 0;
  const int64_t parts = width % kOrder == 0 ? kOrder : 1;
  const int64_t part = width / parts;
  if (!expect(context, is_floating(type) && out.scalar_type() == type, "both tensors must be of one floating dtype") ||
      !expect(context, part > 0 && (part & (part - 1)) == 0, "a row must have 2^k or 28 * 2^k elements") ||
      !resize(context, out, from.sizes()) ||
      !expect(context, is_contiguous(from) && is_contiguous(out), "both tensors must be contiguous")) {
    return;
  }
  const Rows rows = {width > 0 ? from.numel() / width : 0, width, parts};
  if (type == ScalarType::Float) return transform_all<float, float>(rows, from, out, nullptr);
  if (type == ScalarType::Double) return transform_all<double, double>(rows, from, out, nullptr);
  transform_narrow(context, rows, from, out);
}

}  // namespace etbuild::kernels::llama
