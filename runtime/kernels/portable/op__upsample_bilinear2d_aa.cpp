// _upsample_bilinear2d_aa.out(Tensor self, SymInt[2] output_size, bool align_corners, float? scales_h=None,
// float? scales_w=None, *, Tensor(a!) out): each output is weighed of the inputs around it by a triangle, which is as
// wide as an output where these are farther apart than inputs.
#include <cmath>

#include "elements.h"
#include "upsampling.h"

namespace etbuild::kernels {
namespace {

// The inputs that an output is weighed of.
template <typename T>
class Around {
 public:
  Around(int64_t output, int64_t inputs, T scale) : narrowing_(scale >= T(1) ? T(1) / scale : T(1)) {
    const auto half = static_cast<T>(0.5);
    const T reach = scale >= T(1) ? scale : T(1);
    center_ = scale * (static_cast<T>(output) + half);
    begin = static_cast<int64_t>(center_ - reach + half);
    end = static_cast<int64_t>(center_ + reach + half);
    if (begin < 0) begin = 0;
    if (end > inputs) end = inputs;
    for (int64_t at = begin; at < end; ++at) total_ += height(at);
  }

  T weight(int64_t at) const { return total_ == T(0) ? T(0) : height(at) / total_; }

  int64_t begin, end;

 private:
  T height(int64_t at) const {
    const T off = std::abs((static_cast<T>(at) - center_ + static_cast<T>(0.5)) * narrowing_);
    return off < T(1) ? T(1) - off : T(0);
  }

  T center_, narrowing_;
  T total_ = T(0);
};

template <typename T>
void upsample(const Upsampling& upsampling, const Tensor& self, bool align_corners, Tensor& out) {
  const Input<T> elements(self);
  const Output<T> results(out);
  const Image from(self);
  const Image to(out);
  const T row_scale = input_scale<T>(upsampling, 0, from.sizes[3], align_corners);
  const T column_scale = input_scale<T>(upsampling, 1, from.sizes[4], align_corners);
  for (int64_t row = 0; row < to.sizes[3]; ++row) {
    const Around<T> rows(row, from.sizes[3], row_scale);
    for (int64_t column = 0; column < to.sizes[4]; ++column) {
      const Around<T> columns(column, from.sizes[4], column_scale);
      for (int64_t plane = 0; plane < to.sizes[0] * to.sizes[1]; ++plane) {
        const int64_t image = plane / to.sizes[1];
        const int64_t channel = plane % to.sizes[1];
        T sum(0);
        for (int64_t y = rows.begin; y < rows.end; ++y) {
          T line(0);
          for (int64_t x = columns.begin; x < columns.end; ++x) {
            line += columns.weight(x) * elements[from.start(image, channel) + y * from.steps[3] + x * from.steps[4]];
          }
          sum += rows.weight(y) * line;
        }
        results.set(to.start(image, channel) + row * to.steps[3] + column * to.steps[4], sum);
      }
    }
  }
}

// An axis along which bytes are weighed by whole numbers, as many bits as make the largest weight fit 15.
struct WholeAxis {
  WholeAxis(int64_t inputs, int64_t outputs, double scale) : inputs_(inputs), scale_(scale) {
    double most = 0.0;
    for (int64_t output = 0; output < outputs; ++output) {
      const Around<double> around = at(output);
      for (int64_t input = around.begin; input < around.end; ++input) most = std::fmax(most, around.weight(input));
    }
    while (bits_ < 22 && 0.5 + most * (2 << bits_) < 1 << 15) ++bits_;
  }

  Around<double> at(int64_t output) const { return Around<double>(output, inputs_, scale_); }
  int64_t half() const { return bits_ == 0 ? 0 : int64_t{1} << (bits_ - 1); }
  int64_t weight(const Around<double>& around, int64_t input) const {
    return static_cast<int64_t>(std::floor(0.5 + around.weight(input) * (1 << bits_)));
  }

  int64_t byte(int64_t sum) const {
    sum >>= bits_;
    return sum > 255 ? 255 : sum;
  }

 private:
  int64_t inputs_;
  double scale_;
  int bits_ = 0;
};

// Bytes: rounded along rows, then along columns.
void upsample_bytes(const Upsampling& upsampling, const Tensor& self, bool align_corners, Tensor& out) {
  const auto* elements = self.const_data_ptr<uint8_t>();
  auto* results = out.mutable_data_ptr<uint8_t>();
  const Image from(self);
  const Image to(out);
  const WholeAxis vertical(from.sizes[3], to.sizes[3],
                           input_scale<double>(upsampling, 0, from.sizes[3], align_corners));
  const WholeAxis horizontal(from.sizes[4], to.sizes[4],
                             input_scale<double>(upsampling, 1, from.sizes[4], align_corners));
  for (int64_t row = 0; row < to.sizes[3]; ++row) {
    const auto rows = vertical.at(row);
    for (int64_t column = 0; column < to.sizes[4]; ++column) {
      const auto columns = horizontal.at(column);
      for (int64_t plane = 0; plane < to.sizes[0] * to.sizes[1]; ++plane) {
        const int64_t image = plane / to.sizes[1];
        const int64_t channel = plane % to.sizes[1];
        int64_t sum = vertical.half();
        for (int64_t y = rows.begin; y < rows.end; ++y) {
          int64_t line = horizontal.half();
          for (int64_t x = columns.begin; x < columns.end; ++x) {
            line += horizontal.weight(columns, x) *
                    elements[from.start(image, channel) + y * from.steps[3] + x * from.steps[4]];
          }
          sum += vertical.weight(rows, y) * horizontal.byte(line);
        }
        results[to.start(image, channel) + row * to.steps[3] + column * to.steps[4]] =
            static_cast<uint8_t>(vertical.byte(sum));
      }
    }
  }
}

}  // namespace

void _upsample_bilinear2d_aa_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tlbDDt")) return;
  const Tensor& self = tensor(arguments, 0);
  Tensor& out = tensor(arguments, 5);
  const auto sizes = integers(arguments, 1);
  if (!expect(context, sizes.size() == 2, "output_size must have 2 values")) return;
  Upsampling upsampling;
  for (size_t axis = 0; axis < 2; ++axis) {
    upsampling.sizes[axis] = sizes[axis];
    if (!is_none(arguments, 3 + axis)) upsampling.scales[axis] = real(arguments, 3 + axis);
  }
  if (!resize_image(context, upsampling, self, out)) return;
  if (is_selected(ScalarType::Byte) && self.scalar_type() == ScalarType::Byte) {
    upsample_bytes(upsampling, self, boolean(arguments, 2), out);
    return;
  }
  expect_served(context, visit_floating(self.scalar_type(), [&](auto zero) {
                  upsample<decltype(zero)>(upsampling, self, boolean(arguments, 2), out);
                }));
}

}  // namespace etbuild::kernels
