// arange.out(Scalar end, *, Tensor(a!) out): 0, 1, … before the end.
// arange.start_out(Scalar start, Scalar end, Scalar step=1, *, Tensor(a!) out): start, start + step, … before the end;
// for whole outputs, of whole steps from a whole start.
#include <executorch/runtime/platform/log.h>

#include <cmath>

#include "convert.h"
#include "operand.h"
#include "shapes.h"

namespace etbuild::kernels {
namespace {

// How many numbers there are; -1 if none can be told.
double length(const Number& start, const Number& end, const Number& step) {
  const double count = std::ceil((end.as<double>() - start.as<double>()) / step.as<double>());
  return std::isfinite(count) && count >= 0.0 && count <= INT32_MAX ? count : -1.0;
}

void arange(KernelRuntimeContext& context, Number start, const Number& end, Number step, Tensor& out) {
  const bool longs = out.scalar_type() == ScalarType::Long;
  const bool whole = is_integer(out.scalar_type());
  const double all = longs ? 0.0 : length(start, end, step);  // PyTorch counts before it cuts, but for int64.
  if (whole) {
    start = Number(start.as<int64_t>());
    step = Number(step.as<int64_t>());
  }
  const double count = longs ? length(start, Number(end.as<int64_t>()), step) : all;
  if (count < 0.0) {
    ET_LOG(Error, "No numbers lead from %f to %f by %f", start.as<double>(), end.as<double>(), step.as<double>());
    context.fail(Error::InvalidArgument);
    return;
  }
  const auto size = static_cast<int32_t>(count);
  if (!resize(context, out, {&size, 1})) return;
  auto* to = static_cast<char*>(out.mutable_data_ptr());
  for (int32_t at = 0; at < size; ++at) {
    const Number number = whole ? Number(start.as<int64_t>() + at * step.as<int64_t>())
                                : Number(start.as<double>() + at * step.as<double>());
    if (!convert(number.type, &number.whole, 1, out.scalar_type(), to, 1)) {
      context.fail(Error::NotSupported);
      return;
    }
    to += size_of(out.scalar_type());
  }
}

}  // namespace

void arange_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "st")) return;
  arange(context, Number(int64_t{0}), Number(*arguments[0]), Number(int64_t{1}), tensor(arguments, 1));
}

void arange_start_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "ssst")) return;
  arange(context, Number(*arguments[0]), Number(*arguments[1]), Number(*arguments[2]), tensor(arguments, 3));
}

}  // namespace etbuild::kernels
