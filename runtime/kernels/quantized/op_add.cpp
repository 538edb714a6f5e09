// add.out(Tensor a, float a_scale, int a_zero_point, int a_quant_min, int a_quant_max, Tensor b, float b_scale,
//         int b_zero_point, int b_quant_min, int b_quant_max, float out_scale, int out_zero_point, int out_quant_min,
//         int out_quant_max, *, Tensor(a!) out): both dequantized to Float, added, quantized; broadcast.
// All are of one dtype, whole, up to 32 bits.
#include <executorch/runtime/platform/log.h>

#include "affine.h"
#include "strided_loops.h"

namespace etbuild::kernels::quantized_decomposed {
namespace {

// A scale, a zero point and limits, from the argument `first` on.
struct Numbers {
  Numbers(Arguments arguments, size_t first)
      : scale(real(arguments, first)),
        zero(static_cast<float>(integer(arguments, first + 1))),
        least(integer(arguments, first + 2)),
        most(integer(arguments, first + 3)) {}

  bool fit(ScalarType type) const {
    return least <= most && static_cast<double>(least) >= lowest(type) && static_cast<double>(most) <= highest(type);
  }

  double scale;
  float zero;
  int64_t least;
  int64_t most;
};

float dequantized(const Tensor& tensor, const Numbers& numbers, int64_t at) {
  const auto whole = static_cast<float>(read(tensor.scalar_type(), tensor.const_data_ptr(), at));
  return (whole - numbers.zero) * static_cast<float>(numbers.scale);
}

}  // namespace

void add_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tdiiitdiiidiiit")) return;
  const Tensor& a = tensor(arguments, 0);
  const Tensor& b = tensor(arguments, 5);
  Tensor& out = tensor(arguments, 14);
  const Numbers of_a(arguments, 1);
  const Numbers of_b(arguments, 6);
  const Numbers of_out(arguments, 10);
  const ScalarType type = out.scalar_type();
  Shape shape;
  if (!is_quantized(type) || a.scalar_type() != type || b.scalar_type() != type || !of_a.fit(type) || !of_b.fit(type) ||
      !of_out.fit(type) || !broadcast(shape, a.sizes()) || !broadcast(shape, b.sizes())) {
    ET_LOG(Error, "All must be of one dtype of whole numbers that holds their limits, and their sizes must broadcast");
    return context.fail(Error::InvalidArgument);
  }
  if (!resize(context, out, shape.view()) || out.numel() == 0) return;
  StridedLoops<3> loops(out, 3);
  loops.add(&a);
  loops.add(&b);
  loops.add(&out);
  loops.collapse();
  const auto inverse = 1.0f / static_cast<float>(of_out.scale);
  const auto least = static_cast<float>(of_out.least);
  const auto most = static_cast<float>(of_out.most);
  loops.each([&](const int64_t* offsets) {
    for (int64_t at = 0; at < loops.inner_count(); ++at) {
      const float sum = dequantized(a, of_a, offsets[0] + at * loops.inner_step(0)) +
                        dequantized(b, of_b, offsets[1] + at * loops.inner_step(1));
      float value = round_half_even(sum * inverse) + of_out.zero;
      value = value < least ? least : value;
      value = value > most ? most : value;
      write(type, out.mutable_data_ptr(), offsets[2] + at * loops.inner_step(2), static_cast<double>(value));
    }
    return true;
  });
}

}  // namespace etbuild::kernels::quantized_decomposed
