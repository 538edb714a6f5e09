// choose_qparams_per_token_asymmetric.out(Tensor input, ScalarType dtype, *, Tensor(a!) scale_out,
//                                         Tensor(b!) zero_point_out): for each row of the last dimension the scale and
// the zero point by which -128 .. 127 hold 0 and all of it, and err least at its ends. Scales are Double, zero points
// Long, in the input's shape with a last dimension of 1. `dtype` changes nothing.
#include <executorch/runtime/platform/log.h>

#include "affine.h"
#include "strided_loops.h"

namespace etbuild::kernels::quantized_decomposed {
namespace {

constexpr double kLeast = -128;
constexpr double kMost = 127;
constexpr double kEps = 1.1920928955078125e-07;  // A float's.

struct Row {
  const Tensor& input;
  int64_t from;
  int64_t step;
  int64_t count;
};

// The least and the greatest element, and 0. With NaN among the elements they are NaN.
struct Extent {
  double least = 0;
  double most = 0;
};

Extent extent_of_floats(const float* row, int64_t count) {
  float least = 0;
  float most = 0;
  bool has_nan = false;
  for (int64_t at = 0; at < count; ++at) {
    least = row[at] < least ? row[at] : least;
    most = row[at] > most ? row[at] : most;
    has_nan |= row[at] != row[at];
  }
  if (has_nan) return {NAN, NAN};
  return {static_cast<double>(least), static_cast<double>(most)};
}

Extent extent_of(const Row& row) {
  const ScalarType type = row.input.scalar_type();
  if (type == ScalarType::Float && row.step == 1) {
    return extent_of_floats(row.input.const_data_ptr<float>() + row.from, row.count);
  }
  Extent extent;
  for (int64_t at = 0; at < row.count; ++at) {
    const double value = read(type, row.input.const_data_ptr(), row.from + at * row.step);
    if (std::isnan(value)) return {value, value};
    extent.least = value < extent.least ? value : extent.least;
    extent.most = value > extent.most ? value : extent.most;
  }
  return extent;
}

struct Chosen {
  double scale;
  double zero_point;
};

// Each step rounded to the input's dtype.
Chosen choose(ScalarType type, const Extent& extent) {
  const auto round = [type](double value) { return rounded(type, value); };
  double scale = round(round(extent.most - extent.least) / (kMost - kLeast));
  scale = scale < kEps ? kEps : scale;
  const double least = round(extent.least / scale);
  const double most = round(extent.most / scale);
  const double error = round(round(kLeast + least) + round(kMost + most));
  double zero_point = error > 0 ? round(kLeast - least) : round(kMost - most);
  zero_point = zero_point < kLeast ? kLeast : zero_point;
  return {scale, round_half_even(zero_point > kMost ? kMost : zero_point)};
}

}  // namespace

void choose_qparams_per_token_asymmetric_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "titt")) return;
  const Tensor& input = tensor(arguments, 0);
  Tensor& scale_out = tensor(arguments, 2);
  Tensor& zero_point_out = tensor(arguments, 3);
  const auto rank = static_cast<size_t>(input.dim());
  if (rank == 0 || rank > kMaxRank || input.size(static_cast<ssize_t>(rank) - 1) == 0 ||
      !is_real(input.scalar_type()) || scale_out.scalar_type() != ScalarType::Double ||
      zero_point_out.scalar_type() != ScalarType::Long) {
    ET_LOG(Error, "Rows of floating elements are needed, gives Doubles and Longs");
    return context.fail(Error::InvalidArgument);
  }
  Shape shape;
  for (; shape.rank < rank; ++shape.rank) shape.sizes[shape.rank] = input.sizes()[shape.rank];
  shape.sizes[rank - 1] = 1;
  if (!resize(context, scale_out, shape.view()) || !resize(context, zero_point_out, shape.view())) return;
  if (scale_out.numel() == 0) return;
  StridedLoops<3> loops(scale_out, 3);
  loops.add_strides(input.strides().data());
  loops.add(&scale_out);
  loops.add(&zero_point_out);
  loops.each([&](const int64_t* offsets) {
    for (int64_t at = 0; at < loops.inner_count(); ++at) {
      const Row row = {input, offsets[0] + at * loops.inner_step(0), input.strides()[rank - 1],
                       input.size(static_cast<ssize_t>(rank) - 1)};
      const Chosen chosen = choose(input.scalar_type(), extent_of(row));
      write(ScalarType::Double, scale_out.mutable_data_ptr(), offsets[1] + at * loops.inner_step(1), chosen.scale);
      write(ScalarType::Long, zero_point_out.mutable_data_ptr(), offsets[2] + at * loops.inner_step(2),
            chosen.zero_point);
    }
    return true;
  });
}

}  // namespace etbuild::kernels::quantized_decomposed
