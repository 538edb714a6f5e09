// quantized_batch_matmul.out(Tensor lhs, int lhs_zero_point, Tensor rhs_transposed, int rhs_zero_point,
//     int output_zero_point, int output_multiplier, int output_shift, Tensor scratch, *, Tensor(a!) out): products of
// int8 matrices [batch, rows, inner] and [batch, columns, inner], summed up in int32 and requantized. The operands'
// zero points are added: they are given negated. No memory is needed, so `scratch` is not used.
#include <executorch/runtime/platform/log.h>

#include "int8_pairs.h"

namespace etbuild::kernels::cortex_m {
namespace {

struct Products {
  const int8_t* left;
  const int8_t* right;
  uint32_t left_offset;
  uint32_t right_offset;
  int64_t inner;
};

int32_t sum_of(const Products& by, int64_t row, int64_t column) {
  const int8_t* left = by.left + row * by.inner;
  const int8_t* right = by.right + column * by.inner;
  uint32_t sum = 0;
  for (int64_t at = 0; at < by.inner; ++at) {
    sum += (static_cast<uint32_t>(left[at]) + by.left_offset) * (static_cast<uint32_t>(right[at]) + by.right_offset);
  }
  return static_cast<int32_t>(sum);
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
  const Products by = {left.const_data_ptr<int8_t>(), right.const_data_ptr<int8_t>(),
                       static_cast<uint32_t>(integer(arguments, 1)), static_cast<uint32_t>(integer(arguments, 3)),
                       left.size(2)};
  const auto multiplier = static_cast<int32_t>(integer(arguments, 5));
  const auto shift = static_cast<int32_t>(integer(arguments, 6));
  int8_t* to = out.mutable_data_ptr<int8_t>();
  for (int64_t batch = 0; batch < sizes[0]; ++batch) {
    for (int64_t row = 0; row < sizes[1]; ++row) {
      for (int64_t column = 0; column < sizes[2]; ++column) {
        *to++ = output.of(sum_of(by, batch * sizes[1] + row, batch * sizes[2] + column), multiplier, shift);
      }
    }
  }
}

}  // namespace etbuild::kernels::cortex_m
