// quantized_batch_matmul.out(Tensor lhs, int lhs_zero_point, Tensor rhs_transposed, int rhs_zero_point,
//     int output_zero_point, int output_multiplier, int output_shift, Tensor scratch, *, Tensor(a!) out): products of
// int8 matrices [batch, rows, inner] and [batch, columns, inner], summed up in int32 and requantized. The operands'
// zero points are added: they are given negated. No memory is needed, so `scratch` is not used.
#include <executorch/runtime/platform/log.h>

#include "int8_lines.h"
#include "int8_pairs.h"
#include "int8_runs.h"

namespace etbuild::kernels::cortex_m {
namespace {

constexpr ptrdiff_t kColumns = 32;  // That are computed beside each other.

// Matrices of one batch, but for where they begin.
struct Operands {
  uint32_t left_offset;
  uint32_t right_offset;
  ptrdiff_t rows;
  ptrdiff_t columns;
  ptrdiff_t inner;
  Scaling scaling;
};

Products products_of(const Operands& by, const int8_t* left, const int8_t* right, int8_t* to) {
  Products products = {};
  products.input = left;
  products.of_place = by.inner;
  products.places = by.rows;
  products.weights = right;
  products.of_channel = by.inner;
  products.channels = by.columns;
  products.length = by.inner;
  products.segments = by.inner > 0 ? 1 : 0;
  products.offset = static_cast<int32_t>(by.left_offset);
  products.scaling = by.scaling;
  products.out = to;
  products.out_of_place = by.columns;
  return products;
}

// (left + left_offset) x (right + right_offset), where both are something: left x right, and each operand's offset
// times the sum of the other.
void multiply_moved(const Operands& by, const int8_t* left, const int8_t* right, int8_t* to) {
  Products products = products_of(by, left, right, to);
  products.places = 1;
  products.offset = 0;
  const uint32_t of_offsets = static_cast<uint32_t>(by.inner) * by.left_offset * by.right_offset;
  for (ptrdiff_t first = 0; first < by.columns; first += kColumns) {
    products.channels = by.columns - first < kColumns ? by.columns - first : kColumns;
    products.weights = right + first * by.inner;
    uint32_t moved[kColumns];
    for (ptrdiff_t at = 0; at < products.channels; ++at) {
      const auto sum = static_cast<uint32_t>(for_runs::sum_of(products.weights + at * by.inner, by.inner));
      moved[at] = sum * by.left_offset + of_offsets;
    }
    for (ptrdiff_t row = 0; row < by.rows; ++row) {
      int32_t begin[kColumns];
      products.input = left + row * by.inner;
      const uint32_t of_row = static_cast<uint32_t>(for_runs::sum_of(products.input, by.inner)) * by.right_offset;
      for (ptrdiff_t at = 0; at < products.channels; ++at) begin[at] = static_cast<int32_t>(moved[at] + of_row);
      products.bias = begin;
      products.out = to + row * by.columns + first;
      fitting::multiply(products);
    }
  }
}

bool are_matrices(const Tensor& tensor) {
  return tensor.dim() == 3 && tensor.scalar_type() == ScalarType::Char && is_contiguous(tensor);
}

}  // namespace

void quantized_batch_matmul_out(KernelRuntimeContext& context, Arguments arguments) {
  Output output;
  if (!are_arguments(context, arguments, "titiiiitt") || !is_scaling(context, arguments, 5) ||
      !read_output(context, integer(arguments, 4), -128, 127, output)) {
    return;
  }
  const Tensor& left = tensor(arguments, 0);
  const Tensor& right = tensor(arguments, 2);
  Tensor& out = tensor(arguments, 8);
  if (!are_matrices(left) || !are_matrices(right) || left.size(0) != right.size(0) || left.size(2) != right.size(2) ||
      out.scalar_type() != ScalarType::Char) {
    ET_LOG(Error, "Matrices must be of int8, [batch, rows, inner] and [batch, columns, inner]");
    return context.fail(Error::InvalidArgument);
  }
  const int32_t sizes[] = {left.sizes()[0], left.sizes()[1], right.sizes()[1]};
  if (!resize(context, out, {sizes, 3})) return;
  if (!is_contiguous(out)) return context.fail(Error::NotSupported);
  const auto multiplier = static_cast<int32_t>(integer(arguments, 5));
  const auto shift = static_cast<int32_t>(integer(arguments, 6));
  const Operands by = {static_cast<uint32_t>(integer(arguments, 1)),
                       static_cast<uint32_t>(integer(arguments, 3)),
                       static_cast<ptrdiff_t>(sizes[1]),
                       static_cast<ptrdiff_t>(sizes[2]),
                       static_cast<ptrdiff_t>(left.size(2)),
                       {&multiplier, &shift, 0, output}};
  for (ptrdiff_t batch = 0; batch < sizes[0]; ++batch) {
    const int8_t* rows = left.const_data_ptr<int8_t>() + batch * by.rows * by.inner;
    const int8_t* columns = right.const_data_ptr<int8_t>() + batch * by.columns * by.inner;
    int8_t* to = out.mutable_data_ptr<int8_t>() + batch * by.rows * by.columns;
    if (by.right_offset == 0) {
      fitting::multiply(products_of(by, rows, columns, to));
    } else {
      multiply_moved(by, rows, columns, to);
    }
  }
}

}  // namespace etbuild::kernels::cortex_m
