// choose_qparams.Tensor_out(Tensor input, int quant_min, int quant_max, float eps, ScalarType dtype, *,
//                           Tensor(a!) scale_out, Tensor(b!) zero_point_out): the scale (Double, at least eps) and the
// zero point (Long) by which quant_min .. quant_max hold 0 and all of the input: Float, Half or BFloat16, not empty.
#include <executorch/runtime/platform/log.h>

#include "affine.h"
#include "dtypes.h"

namespace etbuild::kernels::quantized_decomposed {
namespace {

// The least and the greatest element, and 0. With NaN among the elements they are NaN.
struct Extent {
  double least = 0;
  double most = 0;
};

Extent extent_of(const Tensor& input) {
  Extent extent;
  const void* data = input.const_data_ptr();
  for (int64_t at = 0; at < input.numel(); ++at) {
    const double value = read(input.scalar_type(), data, at);
    if (std::isnan(value)) return {value, value};
    extent.least = value < extent.least ? value : extent.least;
    extent.most = value > extent.most ? value : extent.most;
  }
  return extent;
}

bool are_valid(const Tensor& input, const Range& range, const Tensor& scale, const Tensor& zero_point) {
  const ScalarType type = input.scalar_type();
  return input.numel() > 0 && is_real(type) && type != ScalarType::Double && range.least <= 0 && range.most >= 0 &&
         range.least < range.most && scale.scalar_type() == ScalarType::Double &&
         zero_point.scalar_type() == ScalarType::Long;
}

}  // namespace

void choose_qparams_tensor_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tiiditt")) return;
  const Tensor& input = tensor(arguments, 0);
  Tensor& scale_out = tensor(arguments, 5);
  Tensor& zero_point_out = tensor(arguments, 6);
  const Range range = {integer(arguments, 1), integer(arguments, 2), dtype(arguments, 4, ScalarType::Char)};
  if (!are_valid(input, range, scale_out, zero_point_out)) {
    ET_LOG(Error, "choose_qparams takes floating elements and a range that holds 0, gives a Double and a Long");
    return context.fail(Error::InvalidArgument);
  }
  const int32_t one[] = {1};
  if (!resize(context, scale_out, {one, 1}) || !resize(context, zero_point_out, {one, 1})) return;
  const ScalarType type = input.scalar_type();
  const auto levels = static_cast<double>(static_cast<float>(range.most - range.least));
  const double eps = rounded(ScalarType::Float, real(arguments, 3));
  const Extent extent = extent_of(input);
  const double needed = rounded(type, rounded(type, extent.most - extent.least) / levels);
  const double scale = needed < eps ? eps : needed;
  // Whole numbers wrap in 32 bits, as in Python's: only with infinities or NaN.
  const double below = round_half_even(rounded(ScalarType::Float, extent.least / scale));
  const bool is_finite = std::fabs(below) < 2147483648.0;
  const double zero_point = is_finite ? static_cast<double>(range.least) - below : static_cast<double>(range.most);
  write(ScalarType::Double, scale_out.mutable_data_ptr(), 0, scale);
  write(ScalarType::Long, zero_point_out.mutable_data_ptr(), 0,
        zero_point > static_cast<double>(range.most) ? static_cast<double>(range.most) : zero_point);
}

}  // namespace etbuild::kernels::quantized_decomposed
