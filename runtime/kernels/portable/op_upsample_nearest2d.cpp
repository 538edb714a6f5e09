// upsample_nearest2d.vec_out(Tensor input, SymInt[]? output_size, float[]? scale_factors, *, Tensor(a!) out): each
// output is the input that it lies on.
#include "upsampling.h"

namespace etbuild::kernels {
namespace {

int64_t nearest(int64_t output, int64_t inputs, int64_t outputs, float scale) {
  if (inputs == outputs) return output;
  if (outputs == 2 * inputs) return output / 2;
  const auto at = static_cast<int64_t>(static_cast<float>(output) * scale);
  return at < inputs ? at : inputs - 1;
}

template <typename Element>
void upsample(const Upsampling& upsampling, const Tensor& input, Tensor& out) {
  const auto* elements = static_cast<const Element*>(input.const_data_ptr());
  auto* results = static_cast<Element*>(out.mutable_data_ptr());
  const Image from(input);
  const Image to(out);
  const float row_scale = input_scale<float>(upsampling, 0, from.sizes[3], false);
  const float column_scale = input_scale<float>(upsampling, 1, from.sizes[4], false);
  for (int64_t plane = 0; plane < to.sizes[0] * to.sizes[1]; ++plane) {
    const int64_t image = plane / to.sizes[1];
    const int64_t channel = plane % to.sizes[1];
    for (int64_t row = 0; row < to.sizes[3]; ++row) {
      const Element* const line =
          elements + from.start(image, channel) + nearest(row, from.sizes[3], to.sizes[3], row_scale) * from.steps[3];
      Element* const result = results + to.start(image, channel) + row * to.steps[3];
      for (int64_t column = 0; column < to.sizes[4]; ++column) {
        result[column * to.steps[4]] = line[nearest(column, from.sizes[4], to.sizes[4], column_scale) * from.steps[4]];
      }
    }
  }
}

}  // namespace

void upsample_nearest2d_vec_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tLEt")) return;
  const Tensor& input = tensor(arguments, 0);
  Tensor& out = tensor(arguments, 3);
  Upsampling upsampling;
  if (!expect_upsampling(context, arguments, 1, 2, upsampling)) return;
  if (!resize_image(context, upsampling, input, out)) return;
  switch (input.element_size()) {
    case 1:
      return upsample<uint8_t>(upsampling, input, out);
    case 2:
      return upsample<uint16_t>(upsampling, input, out);
    case 4:
      return upsample<uint32_t>(upsampling, input, out);
    case 8:
      return upsample<uint64_t>(upsampling, input, out);
    default:
      context.fail(Error::NotSupported);
  }
}

}  // namespace etbuild::kernels
