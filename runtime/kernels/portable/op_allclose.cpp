// allclose.out(Tensor self, Tensor other, float rtol=1e-05, float atol=1e-08, bool equal_nan=False, bool
// dummy_param=False, *, Tensor(a!) out): whether no element of self is further from that of other than atol + rtol
// times its magnitude. Infinities are near themselves alone, NaN nothing, or itself. allclose.Tensor(Tensor self, …) ->
// Tensor: the same, to the tensor that the program has for it.
#include <cmath>

#include "convert.h"
#include "strided_loops.h"

namespace etbuild::kernels {
namespace {

constexpr int64_t kAtOnce = 64;

struct Closeness {
  bool operator()(double self, double other) const {
    if (self == other) return true;
    if (self != self && other != other) return equal_nan;
    const double distance = std::fabs(self - other);
    return std::isfinite(distance) && distance <= atol + rtol * std::fabs(other);
  }

  double rtol;
  double atol;
  bool equal_nan;
};

// Elements of both as doubles, so many apart.
bool are_close(const Closeness& close, const Tensor* const* both, const int64_t* offsets, const int64_t* steps,
               int64_t count, bool& served) {
  for (int64_t at = 0; at < count; at += kAtOnce) {
    const int64_t now = count - at < kAtOnce ? count - at : kAtOnce;
    double elements[2][kAtOnce];
    for (size_t index = 0; index < 2; ++index) {
      const ScalarType type = both[index]->scalar_type();
      const char* from = static_cast<const char*>(both[index]->const_data_ptr()) +
                         (offsets[index] + at * steps[index]) * static_cast<int64_t>(size_of(type));
      served = served && convert(type, from, steps[index], ScalarType::Double, elements[index], now);
    }
    for (int64_t each = 0; each < now && served; ++each) {
      if (!close(elements[0][each], elements[1][each])) return false;
    }
  }
  return true;
}

}  // namespace

void allclose_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "ttddbbt")) return;
  const Tensor* const both[] = {&tensor(arguments, 0), &tensor(arguments, 1)};
  Tensor& out = tensor(arguments, 6);
  if (!same(both[0]->sizes(), both[1]->sizes()) || out.scalar_type() != ScalarType::Bool || out.numel() != 1) {
    context.fail(Error::InvalidArgument);
    return;
  }
  const Closeness close{real(arguments, 2), real(arguments, 3), boolean(arguments, 4)};
  StridedLoops<2> loops(*both[0], 2);
  loops.add(both[0]);
  loops.add(both[1]);
  loops.collapse();
  const int64_t steps[] = {loops.inner_step(0), loops.inner_step(1)};
  bool all = true;
  bool served = true;
  if (both[0]->numel() > 0) {
    loops.each([&](const int64_t* offsets) {
      all = are_close(close, both, offsets, steps, loops.inner_count(), served);
      return all && served;
    });
  }
  if (!served) context.fail(Error::NotSupported);
  *static_cast<bool*>(out.mutable_data_ptr()) = all;
}

void allclose_tensor(KernelRuntimeContext& context, Arguments arguments) { allclose_out(context, arguments); }

}  // namespace etbuild::kernels
