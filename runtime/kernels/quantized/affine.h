// Tensors to whole numbers and back, by a scale and a zero point for all, for each channel, or for each token.
// Any layout and dtype; bit for bit what the Python definitions of quantized_decomposed give, in whatever dtype these
// compute.

#pragma once

#include "arguments.h"
#include "element.h"
#include "shapes.h"

namespace etbuild::kernels::quantized_decomposed {

// Scales and zero points, one for all elements of a tensor or one for each index of some of its dimensions.
// Made by one of the functions below; those with a context refuse what does not fit.
struct Parameters {
  ScalarType scale_type = ScalarType::Double;
  ScalarType zero_type = ScalarType::Undefined;  // There are no zero points.
  const void* scales = nullptr;
  const void* zero_points = nullptr;
  bool are_numbers = true;         // Of no dtype: they do not promote.
  int32_t strides[kMaxRank] = {};  // By dimension of the tensor.
};

// The same for all elements: numbers, or tensors of one element. The values have to live as long.
Parameters per_tensor(const double& scale, const int64_t& zero_point);
bool per_tensor(KernelRuntimeContext& context, const Tensor& scale, const Tensor& zero_point, Parameters& made);

// One for each index of the dimension `axis`, which may be counted from the back. `zero_points` may be null.
bool per_channel(KernelRuntimeContext& context, const Tensor& tensor, const Tensor& scales, const Tensor* zero_points,
                 int64_t axis, Parameters& made);

// One for each row of the last dimension.
bool per_token(KernelRuntimeContext& context, const Tensor& tensor, const Tensor& scales, const Tensor& zero_points,
               Parameters& made);

// What a tensor is quantized to.
struct Range {
  int64_t least;
  int64_t most;
  ScalarType type;
};

// Reads the arguments quant_min, quant_max, dtype that start at `index`; they must be within the dtype's limits.
bool read_range(KernelRuntimeContext& context, Arguments arguments, size_t index, Range& made);

// How a quotient becomes whole.
enum class Rounding {
  kBeforeZeroPoint,  // round(x / scale) + zero point
  kAfterZeroPoint,   // round(x / scale + zero point)
};

// out = clamp(x / scale + zero point), by the reciprocal of the scale; halves are rounded to even. Resizes `out`.
void quantize(KernelRuntimeContext& context, const Tensor& input, const Parameters& parameters, const Range& range,
              Rounding rounding, Tensor& out);

// What dequantize computes in.
struct Steps {
  ScalarType difference;  // Of x - zero point; a whole dtype: exact, and wrapped to it.
  ScalarType product;
};

// What PyTorch promotes x - zero point, and that times the scale, to.
Steps promoted_steps(ScalarType input, const Parameters& parameters);

// out = (x - zero point) * scale. Resizes `out`.
void dequantize(KernelRuntimeContext& context, const Tensor& input, const Parameters& parameters, const Steps& steps,
                Tensor& out);

}  // namespace etbuild::kernels::quantized_decomposed
