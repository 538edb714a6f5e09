#include "affine.h"

#include <executorch/runtime/platform/log.h>

#include <cinttypes>

#include "dtypes.h"
#include "promotion.h"
#include "strided_loops.h"

namespace etbuild::kernels::quantized_decomposed {
namespace {

// A scale and a zero point, and where to go from there.
struct Affine {
  double scale;
  double zero;
};

Affine affine_at(const Parameters& parameters, int64_t index) {
  const bool has_zero = parameters.zero_type != ScalarType::Undefined;
  return {read(parameters.scale_type, parameters.scales, index),
          has_zero ? read(parameters.zero_type, parameters.zero_points, index) : 0.0};
}

// Both are promoted as signed ones that hold them: PyTorch does not promote unsigned ones of 16 bits at all.
ScalarType promoted(ScalarType left, ScalarType right) {
  const auto known = [](ScalarType type) {
    return type == ScalarType::UInt16 || type == ScalarType::Bits16 ? ScalarType::Int : type;
  };
  return promote(known(left), known(right));
}

bool refuse_parameters(KernelRuntimeContext& context, [[maybe_unused]] const char* what) {
  ET_LOG(Error, "Scales must be floating, zero points numbers, %s", what);
  return refuse(context, Error::InvalidArgument);
}

bool are_parameters(ScalarType scale, ScalarType zero) { return is_real(scale) && (is_real(zero) || is_integer(zero)); }

bool take(KernelRuntimeContext& context, const Tensor& scales, const Tensor* zero_points, int64_t count,
          Parameters& made) {
  made.are_numbers = false;
  made.scale_type = scales.scalar_type();
  made.scales = scales.const_data_ptr();
  bool fits = scales.numel() == count && is_real(made.scale_type);
  if (zero_points != nullptr) {
    made.zero_type = zero_points->scalar_type();
    made.zero_points = zero_points->const_data_ptr();
    fits = fits && zero_points->numel() == count && are_parameters(made.scale_type, made.zero_type);
  }
  return fits || refuse_parameters(context, "one for each of what they scale");
}

struct Run {
  const char* from;
  char* to;
  int64_t from_step;
  int64_t to_step;
  int64_t count;
};

// Calls for runs of elements that share their scale: with the run and its scale and zero point.
template <typename Visitor>
void each_run(const Tensor& input, const Parameters& parameters, Tensor& out, const Visitor& visit) {
  if (out.numel() == 0) return;
  StridedLoops<3> loops(out, 3);
  loops.add(&input);
  loops.add_strides(parameters.strides);
  loops.add(&out);
  loops.collapse();
  const size_t from_size = input.element_size();
  const size_t to_size = out.element_size();
  const int64_t step = loops.inner_step(1);
  const int64_t at_once = step == 0 || loops.inner_count() == 1 ? loops.inner_count() : 1;
  loops.each([&](const int64_t* offsets) {
    for (int64_t at = 0; at < loops.inner_count(); at += at_once) {
      const int64_t from = offsets[0] + at * loops.inner_step(0);
      const int64_t to = offsets[2] + at * loops.inner_step(2);
      const Run run = {static_cast<const char*>(input.const_data_ptr()) + static_cast<size_t>(from) * from_size,
                       static_cast<char*>(out.mutable_data_ptr()) + static_cast<size_t>(to) * to_size,
                       loops.inner_step(0), loops.inner_step(2), at_once};
      visit(run, affine_at(parameters, offsets[1] + at * step));
    }
    return true;
  });
}

bool is_dense(const Run& run) { return run.count == 1 || (run.from_step == 1 && run.to_step == 1); }

// What is the same for all elements that are quantized.
struct Quantizer {
  ScalarType input;
  ScalarType product;  // What x / scale is computed in.
  ScalarType sum;      // And that plus the zero point.
  ScalarType out;
  Rounding rounding;
  double least;
  double most;
};

template <typename Compute, typename Whole>
void quantize_floats(const Quantizer& by, const Run& run, double inverse_scale, double zero_point) {
  const auto* from = reinterpret_cast<const float*>(run.from);
  auto* to = reinterpret_cast<Whole*>(run.to);
  const auto inverse = static_cast<Compute>(inverse_scale);
  const auto zero = static_cast<Compute>(zero_point);
  const auto least = static_cast<Compute>(by.least);
  const auto most = static_cast<Compute>(by.most);
  const Compute before = by.rounding == Rounding::kBeforeZeroPoint ? zero : Compute(0);
  const Compute after = by.rounding == Rounding::kBeforeZeroPoint ? Compute(0) : zero;
  for (int64_t at = 0; at < run.count; ++at) {
    Compute value = round_half_even(static_cast<Compute>(from[at]) * inverse + after) + before;
    value = value < least ? least : value;
    value = value > most ? most : value;
    to[at] = static_cast<Whole>(static_cast<int32_t>(value == value ? value : Compute(0)));
  }
}

using QuantizeFloats = void (*)(const Quantizer&, const Run&, double, double);

// The loop for what programs quantize mostly; null for the rest.
QuantizeFloats loop_of(const Quantizer& by) {
  if (by.input != ScalarType::Float || by.product != by.sum) return nullptr;
  const bool is_float = by.product == ScalarType::Float;
  if (!is_float && by.product != ScalarType::Double) return nullptr;
  if (by.out == ScalarType::Char) return is_float ? quantize_floats<float, int8_t> : quantize_floats<double, int8_t>;
  if (by.out == ScalarType::Byte) return is_float ? quantize_floats<float, uint8_t> : quantize_floats<double, uint8_t>;
  return by.out == ScalarType::Short && is_float ? quantize_floats<float, int16_t> : nullptr;
}

void quantize_any(const Quantizer& by, const Run& run, double inverse, double zero) {
  for (int64_t at = 0; at < run.count; ++at) {
    double value = rounded(by.product, read(by.input, run.from, at * run.from_step) * inverse);
    if (by.rounding == Rounding::kBeforeZeroPoint) value = round_half_even(value);
    value = rounded(by.sum, value + zero);
    if (by.rounding == Rounding::kAfterZeroPoint) value = round_half_even(value);
    value = value < by.least ? by.least : value;
    write(by.out, run.to, at * run.to_step, value > by.most ? by.most : value);
  }
}

// What is the same for all elements that are dequantized.
struct Dequantizer {
  ScalarType input;
  Steps steps;
  ScalarType out;
};

template <typename Compute, typename Whole>
void dequantize_floats(const Run& run, const Affine& affine) {
  const auto* from = reinterpret_cast<const Whole*>(run.from);
  auto* to = reinterpret_cast<float*>(run.to);
  const auto scale = static_cast<Compute>(affine.scale);
  const auto zero = static_cast<int32_t>(affine.zero);
  for (int64_t at = 0; at < run.count; ++at) to[at] = static_cast<float>(static_cast<Compute>(from[at] - zero) * scale);
}

using DequantizeFloats = void (*)(const Run&, const Affine&);

DequantizeFloats loop_of(const Dequantizer& by) {
  if (by.out != ScalarType::Float || is_real(by.steps.difference) != (by.steps.difference == ScalarType::Float)) {
    return nullptr;
  }
  if (is_integer(by.steps.difference) && by.steps.difference < ScalarType::Int) return nullptr;  // It wraps.
  const bool is_float = by.steps.product == ScalarType::Float;
  if (!is_float && by.steps.product != ScalarType::Double) return nullptr;
  if (by.input == ScalarType::Char)
    return is_float ? dequantize_floats<float, int8_t> : dequantize_floats<double, int8_t>;
  if (by.input == ScalarType::Byte) {
    return is_float ? dequantize_floats<float, uint8_t> : dequantize_floats<double, uint8_t>;
  }
  return by.input == ScalarType::Short && is_float ? dequantize_floats<float, int16_t> : nullptr;
}

// A difference as a whole dtype holds it: the low bits.
double wrapped(ScalarType type, double value) {
  const auto whole = static_cast<int64_t>(value);
  if (type == ScalarType::Byte) return static_cast<double>(static_cast<uint8_t>(whole));
  if (type == ScalarType::Char) return static_cast<double>(static_cast<int8_t>(whole));
  if (type == ScalarType::Short) return static_cast<double>(static_cast<int16_t>(whole));
  return type == ScalarType::Int ? static_cast<double>(static_cast<int32_t>(whole)) : value;
}

void dequantize_any(const Dequantizer& by, const Run& run, const Affine& affine) {
  const Steps& steps = by.steps;
  const bool is_whole = !is_real(steps.difference);
  const double zero = rounded(computed_in(steps.difference), affine.zero);
  const double scale = rounded(computed_in(steps.product), affine.scale);
  for (int64_t at = 0; at < run.count; ++at) {
    const double value = read(by.input, run.from, at * run.from_step);
    double difference = rounded(steps.difference, value) - zero;
    difference = is_whole ? wrapped(steps.difference, difference) : rounded(steps.difference, difference);
    const double product = rounded(steps.product, rounded(steps.product, difference) * scale);
    write(by.out, run.to, at * run.to_step, product);
  }
}

}  // namespace

Parameters per_tensor(const double& scale, const int64_t& zero_point) {
  Parameters made;
  made.zero_type = ScalarType::Long;
  made.scales = &scale;
  made.zero_points = &zero_point;
  return made;
}

bool per_tensor(KernelRuntimeContext& context, const Tensor& scale, const Tensor& zero_point, Parameters& made) {
  if (!take(context, scale, &zero_point, 1, made)) return false;
  made.are_numbers = true;
  return true;
}

bool per_channel(KernelRuntimeContext& context, const Tensor& tensor, const Tensor& scales, const Tensor* zero_points,
                 int64_t axis, Parameters& made) {
  const auto rank = static_cast<size_t>(tensor.dim());
  if (rank == 0) return refuse_parameters(context, "of a tensor that has channels");
  if (!wrap_dimension(context, axis, rank)) return false;
  made.strides[axis] = tensor.size(static_cast<ssize_t>(axis)) == 1 ? 0 : 1;
  return take(context, scales, zero_points, tensor.size(static_cast<ssize_t>(axis)), made);
}

bool per_token(KernelRuntimeContext& context, const Tensor& tensor, const Tensor& scales, const Tensor& zero_points,
               Parameters& made) {
  int32_t tokens = 1;
  for (ssize_t dim = tensor.dim() - 2; dim >= 0; --dim) {
    made.strides[dim] = tensor.size(dim) == 1 ? 0 : tokens;
    tokens *= static_cast<int32_t>(tensor.size(dim));
  }
  return take(context, scales, &zero_points, tokens, made);
}

bool read_range(KernelRuntimeContext& context, Arguments arguments, size_t index, Range& made) {
  made.least = integer(arguments, index);
  made.most = integer(arguments, index + 1);
  made.type = dtype(arguments, index + 2, ScalarType::Char);
  if (is_quantized(made.type) && static_cast<double>(made.least) >= lowest(made.type) &&
      static_cast<double>(made.most) <= highest(made.type)) {
    return true;
  }
  ET_LOG(Error, "dtype %d must be one of whole numbers up to 32 bits that holds %" PRId64 " to %" PRId64,
         static_cast<int>(made.type), made.least, made.most);
  return refuse(context, Error::InvalidArgument);
}

void quantize(KernelRuntimeContext& context, const Tensor& input, const Parameters& parameters, const Range& range,
              Rounding rounding, Tensor& out) {
  if (!is_real(input.scalar_type()) || out.scalar_type() != range.type) {
    ET_LOG(Error, "A floating tensor must be quantized to dtype %d, is of dtype %d, to %d",
           static_cast<int>(range.type), static_cast<int>(input.scalar_type()), static_cast<int>(out.scalar_type()));
    return context.fail(Error::InvalidArgument);
  }
  if (!resize(context, out, input.sizes())) return;
  Quantizer by = {input.scalar_type(), input.scalar_type(), input.scalar_type(), range.type, rounding, 0, 0};
  if (rounding == Rounding::kBeforeZeroPoint) by.product = computed_in(by.product);
  if (!parameters.are_numbers) by.product = promoted(by.product, parameters.scale_type);
  by.sum = parameters.are_numbers ? by.product : promoted(by.product, parameters.zero_type);
  by.least = rounded(by.sum, static_cast<double>(range.least));
  by.most = rounded(by.sum, static_cast<double>(range.most));
  const QuantizeFloats loop = loop_of(by);
  const ScalarType inverse_type = parameters.are_numbers ? by.product : parameters.scale_type;
  each_run(input, parameters, out, [&](const Run& run, const Affine& affine) {
    const double inverse = rounded(inverse_type, 1.0 / affine.scale);
    const double zero = rounded(by.sum, affine.zero);
    if (loop != nullptr && is_dense(run)) return loop(by, run, inverse, zero);
    quantize_any(by, run, inverse, zero);
  });
}

Steps promoted_steps(ScalarType input, const Parameters& parameters) {
  const bool has_zero = parameters.zero_type != ScalarType::Undefined;
  const ScalarType difference = has_zero ? promoted(input, parameters.zero_type) : input;
  return {difference, promoted(difference, parameters.scale_type)};
}

void dequantize(KernelRuntimeContext& context, const Tensor& input, const Parameters& parameters, const Steps& steps,
                Tensor& out) {
  if (!is_quantized(input.scalar_type()) || !is_real(out.scalar_type())) {
    ET_LOG(Error, "A tensor of whole numbers must be dequantized to a floating one, is of dtype %d, to %d",
           static_cast<int>(input.scalar_type()), static_cast<int>(out.scalar_type()));
    return context.fail(Error::InvalidArgument);
  }
  if (!resize(context, out, input.sizes())) return;
  const Dequantizer by = {input.scalar_type(), steps, out.scalar_type()};
  const DequantizeFloats loop = loop_of(by);
  constexpr double kSmall = 8388608.0;  // Such zero points and differences are exact in floats.
  each_run(input, parameters, out, [&](const Run& run, const Affine& affine) {
    const bool is_small = affine.zero == std::floor(affine.zero) && std::fabs(affine.zero) < kSmall;
    if (loop != nullptr && is_small && is_dense(run)) return loop(run, affine);
    dequantize_any(by, run, affine);
  });
}

}  // namespace etbuild::kernels::quantized_decomposed
