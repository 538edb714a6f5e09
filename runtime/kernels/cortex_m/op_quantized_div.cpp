// quantized_div.out(Tensor self, int self_zero_point, Tensor other, int other_zero_point, int output_zero_point,
//     float output_scale, *, Tensor(a!) out): self / other without their zero points, in floats, times output_scale,
// rounded with halves to even; 0 where other is. Tensors of int8 or int16 with the same sizes.
#include <executorch/runtime/platform/log.h>

#include "rounding.h"
#include "selection.h"
#include "strided_loops.h"

namespace etbuild::kernels::cortex_m {
namespace {

struct Division {
  float self_zero;
  float other_zero;
  float output_zero;
  float scale;
  float least;
  float most;

  float of(float self, float other) const {
    const float divisor = other - other_zero;
    const float quotient = divisor != 0.0f ? (self - self_zero) / divisor : 0.0f;
    const float value = round_half_even(quotient * scale) + output_zero;
    return value < least ? least : value > most ? most : value;
  }
};

template <typename Element>
void divide(const Division& by, const Tensor& self, const Tensor& other, Tensor& out) {
  StridedLoops<3> loops(out, 3);
  loops.add(&self);
  loops.add(&other);
  loops.add(&out);
  loops.collapse();
  loops.each([&](const int64_t* offsets) {
    const Element* left = self.const_data_ptr<Element>() + offsets[0];
    const Element* right = other.const_data_ptr<Element>() + offsets[1];
    Element* to = out.mutable_data_ptr<Element>() + offsets[2];
    for (int64_t at = 0; at < loops.inner_count(); ++at) {
      to[at * loops.inner_step(2)] = static_cast<Element>(by.of(static_cast<float>(left[at * loops.inner_step(0)]),
                                                                static_cast<float>(right[at * loops.inner_step(1)])));
    }
    return true;
  });
}

}  // namespace

void quantized_div_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "titiidt")) return;
  const Tensor& self = tensor(arguments, 0);
  const Tensor& other = tensor(arguments, 2);
  Tensor& out = tensor(arguments, 6);
  const ScalarType type = self.scalar_type();
  if (other.scalar_type() != type || out.scalar_type() != type || !same(self.sizes(), other.sizes())) {
    ET_LOG(Error, "Both operands and the output must have the same dtype and sizes");
    return context.fail(Error::InvalidArgument);
  }
  if (!resize(context, out, self.sizes()) || out.numel() == 0) return;
  const float most = type == ScalarType::Char ? 127.0f : 32767.0f;
  const Division by = {static_cast<float>(integer(arguments, 1)),
                       static_cast<float>(integer(arguments, 3)),
                       static_cast<float>(integer(arguments, 4)),
                       static_cast<float>(real(arguments, 5)),
                       -most - 1.0f,
                       most};
  const auto run = [&](auto element) { divide<decltype(element)>(by, self, other, out); };
  if (!visit(type, Types<int8_t, int16_t>(), run)) context.fail(Error::NotSupported);
}

}  // namespace etbuild::kernels::cortex_m
