// _fft_r2c.out(Tensor self, int[] dim, int normalization, bool onesided, *, Tensor(a!) out): the Fourier transform over
// the dimensions; onesided: only the first half along the last of them, of which the other is the mirror image.
#include "fourier.h"
#include "selection.h"

namespace etbuild::kernels {
namespace {

template <typename T>
bool transform_real(KernelRuntimeContext& context, const Transform& call) {
  const Lines from(call.self, call.last());
  const Lines to(call.out, call.last());
  const T* const elements = call.self.const_data_ptr<T>();
  auto* const results = static_cast<Complex<T>*>(call.out.mutable_data_ptr());
  Fourier<T> fourier;
  if (!fourier.prepare(context, from.length, false)) return false;
  const auto scale = static_cast<T>(call.scale);
  for (int64_t line = 0; line < from.count; ++line) {
    for (int64_t at = 0; at < from.length; ++at) {
      fourier.line()[at] = {elements[from.start(line) + at * from.step] * scale, T(0)};
    }
    fourier.transform();
    Complex<T>* const first = results + to.start(line);
    for (int64_t at = 0; at < to.length; ++at) first[at * to.step] = fourier.line()[at];
  }
  for (size_t at = 0; at + 1 < call.dims.size(); ++at) {
    if (!transform_lines<T>(context, Lines(call.out, call.dims[at]), results, false)) return false;
  }
  return true;
}

}  // namespace

void _fft_r2c_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tlibt")) return;
  const Tensor& self = tensor(arguments, 0);
  const auto dims = integers(arguments, 1);
  Tensor& out = tensor(arguments, 4);
  if (!expect_transform(context, self, dims, integer(arguments, 2))) return;
  Shape shape = shape_of(self);
  const double count = count_of(shape, dims);
  if (!expect(context, count > 0.0, "dimensions must have elements")) return;
  const auto last = static_cast<size_t>(dims[dims.size() - 1]);
  if (boolean(arguments, 3)) shape.sizes[last] = shape.sizes[last] / 2 + 1;
  const ScalarType type = self.scalar_type();
  if (!expect(context, out.scalar_type() == complex_of(type), "the output must be complex, as exact as the input"))
    return;
  if (!resize(context, out, shape.view())) return;
  const Transform call = {self, dims, normalization_of(integer(arguments, 2), count), out};
  const auto transform = [&](auto zero) { transform_real<decltype(zero)>(context, call); };
  if (!visit(type, Floats(), transform)) context.fail(Error::NotSupported);
}

}  // namespace etbuild::kernels
