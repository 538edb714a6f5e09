// quantized_linear.out(Tensor input, Tensor weights, Tensor? bias, Tensor? kernel_sum, int input_offset,
//     int filter_offset, int output_offset, int[] requantize_multipliers, int[] requantize_shifts, int activation_max,
//     int activation_min, *, Tensor(a!) out): int8 input [..., in] x weights [out, in], summed up in int32, requantized
// by the first multiplier and shift. With kernel_sum (int32 [out], what bias and input_offset add up to) the sum is
// input x weights + filter_offset * input + kernel_sum; without, (input + input_offset) x (weights + filter_offset) +
// bias.
#include <executorch/runtime/platform/log.h>

#include "int8_lines.h"
#include "int8_pairs.h"

namespace etbuild::kernels::cortex_m {
namespace {

struct Linear {
  const int8_t* input;
  const int8_t* weights;
  const int32_t* added;  // By output; null: nothing.
  int64_t depth;
  uint32_t input_offset;  // 0 if it is part of what is added.
  uint32_t filter_offset;
};

uint32_t sum_of(const Linear& by, int64_t row, int64_t column) {
  const int8_t* left = by.input + row * by.depth;
  const int8_t* right = by.weights + column * by.depth;
  uint32_t sum = by.added == nullptr ? 0 : static_cast<uint32_t>(by.added[column]);
  for (int64_t at = 0; at < by.depth; ++at) {
    sum += (static_cast<uint32_t>(left[at]) + by.input_offset) * (static_cast<uint32_t>(right[at]) + by.filter_offset);
  }
  return sum;
}

void multiply_rows(const Linear& by, int64_t rows, int64_t columns, const Scaling& scaling, int8_t* to) {
  const auto depth = static_cast<ptrdiff_t>(by.depth);
  Products products = {};
  products.input = by.input;
  products.of_place = depth;
  products.places = static_cast<ptrdiff_t>(rows);
  products.weights = by.weights;
  products.of_channel = depth;
  products.channels = static_cast<ptrdiff_t>(columns);
  products.length = depth;
  products.segments = depth > 0 ? 1 : 0;
  products.bias = by.added;
  products.offset = static_cast<int32_t>(by.input_offset);
  products.scaling = scaling;
  products.out = to;
  products.out_of_place = products.channels;
  fitting::multiply(products);
}

bool are_operands(const Tensor& input, const Tensor& weights, const Tensor* added) {
  return input.scalar_type() == ScalarType::Char && weights.scalar_type() == ScalarType::Char && input.dim() > 0 &&
         input.dim() <= static_cast<ssize_t>(kMaxRank) && weights.dim() == 2 &&
         weights.size(1) == input.size(input.dim() - 1) && is_contiguous(input) && is_contiguous(weights) &&
         (added == nullptr || (added->scalar_type() == ScalarType::Int && added->numel() == weights.size(0)));
}

}  // namespace

void quantized_linear_out(KernelRuntimeContext& context, Arguments arguments) {
  Output output;
  if (!are_arguments(context, arguments, "ttooiiilliit") ||
      !read_output(context, integer(arguments, 6), integer(arguments, 10), integer(arguments, 9), output)) {
    return;
  }
  const Tensor& input = tensor(arguments, 0);
  const Tensor& weights = tensor(arguments, 1);
  const Tensor* sums = optional_tensor(arguments, 3);
  const Tensor* added = sums != nullptr ? sums : optional_tensor(arguments, 2);
  Tensor& out = tensor(arguments, 11);
  const auto multipliers = integers(arguments, 7);
  const auto shifts = integers(arguments, 8);
  if (!are_operands(input, weights, added) || out.scalar_type() != ScalarType::Char || multipliers.empty() ||
      shifts.empty() || !is_multiplier(multipliers[0]) || !is_shift(shifts[0])) {
    ET_LOG(Error, "A linear layer needs int8 input [..., in], weights [out, in], int32 sums [out] and one scaling");
    return context.fail(Error::InvalidArgument);
  }
  Shape shape;
  for (; shape.rank < input.sizes().size(); ++shape.rank) shape.sizes[shape.rank] = input.sizes()[shape.rank];
  const ptrdiff_t columns = weights.size(0);
  shape.sizes[shape.rank - 1] = static_cast<int32_t>(columns);
  if (!resize(context, out, shape.view()) || columns == 0) return;
  if (!is_contiguous(out)) return context.fail(Error::NotSupported);
  const Linear by = {input.const_data_ptr<int8_t>(),
                     weights.const_data_ptr<int8_t>(),
                     added == nullptr ? nullptr : added->const_data_ptr<int32_t>(),
                     weights.size(1),
                     sums != nullptr ? 0 : static_cast<uint32_t>(integer(arguments, 4)),
                     static_cast<uint32_t>(integer(arguments, 5))};
  int8_t* to = out.mutable_data_ptr<int8_t>();
  const ptrdiff_t rows = out.numel() / columns;
  const auto multiplier = static_cast<int32_t>(multipliers[0]);
  const auto shift = static_cast<int32_t>(shifts[0]);
  if (by.filter_offset == 0) return multiply_rows(by, rows, columns, {&multiplier, &shift, 0, output}, to);
  for (int64_t row = 0; row < rows; ++row) {
    for (int64_t column = 0; column < columns; ++column) {
      *to++ = output.of(static_cast<int32_t>(sum_of(by, row, column)), multiplier, shift);
    }
  }
}

}  // namespace etbuild::kernels::cortex_m
