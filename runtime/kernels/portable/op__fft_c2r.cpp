// _fft_c2r.out(Tensor self, int[] dim, int normalization, SymInt last_dim_size, *, Tensor(a!) out): the inverse Fourier
// transform over the dimensions, of what has but the first half along the last of them: the other is its mirror image.
#include <cstring>

#include "fourier.h"
#include "selection.h"

namespace etbuild::kernels {
namespace {

// Transforms lines, of which the half is there, to real ones.
template <typename T>
bool transform_halves(KernelRuntimeContext& context, const Transform& call, const Complex<T>* elements) {
  const Lines from(call.self, call.last());
  const Lines to(call.out, call.last());
  T* const results = call.out.mutable_data_ptr<T>();
  Fourier<T> fourier;
  if (!fourier.prepare(context, to.length, true)) return false;
  for (int64_t line = 0; line < from.count; ++line) {
    const Complex<T>* const first = elements + from.start(line);
    for (int64_t at = 0; at < to.length; ++at) {
      const bool is_mirrored = at > to.length / 2;
      const Complex<T> value = first[(is_mirrored ? to.length - at : at) * from.step];
      fourier.line()[at] = is_mirrored ? value.conjugate() : value;
    }
    fourier.transform();
    T* const result = results + to.start(line);
    for (int64_t at = 0; at < to.length; ++at) {
      result[at * to.step] = fourier.line()[at].real * static_cast<T>(call.scale);
    }
  }
  return true;
}

template <typename T>
bool transform_complex(KernelRuntimeContext& context, const Transform& call) {
  const auto* elements = static_cast<const Complex<T>*>(call.self.const_data_ptr());
  if (call.dims.size() > 1) {
    const auto memory = context.allocate_temp(call.self.nbytes());
    if (!memory.ok()) return refuse(context, Error::MemoryAllocationFailed);
    if (call.self.nbytes() > 0) std::memcpy(*memory, elements, call.self.nbytes());
    for (size_t at = 0; at + 1 < call.dims.size(); ++at) {
      auto* const copy = static_cast<Complex<T>*>(*memory);
      if (!transform_lines<T>(context, Lines(call.self, call.dims[at]), copy, true)) return false;
    }
    elements = static_cast<const Complex<T>*>(*memory);
  }
  return transform_halves<T>(context, call, elements);
}

}  // namespace

void _fft_c2r_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tliit")) return;
  const Tensor& self = tensor(arguments, 0);
  const auto dims = integers(arguments, 1);
  const int64_t length = integer(arguments, 3);
  Tensor& out = tensor(arguments, 4);
  if (!expect_transform(context, self, dims, integer(arguments, 2))) return;
  Shape shape = shape_of(self);
  const auto last = static_cast<size_t>(dims[dims.size() - 1]);
  const bool fits = length >= 1 && length <= INT32_MAX && shape.sizes[last] == length / 2 + 1;
  if (!expect(context, fits, "the last dimension must be last_dim_size / 2 + 1")) return;
  shape.sizes[last] = static_cast<int32_t>(length);
  const double count = count_of(shape, dims);
  const ScalarType type = out.scalar_type();
  if (!expect(context, self.scalar_type() == complex_of(type), "the input must be complex, as exact as the output"))
    return;
  if (!resize(context, out, shape.view())) return;
  const Transform call = {self, dims, normalization_of(integer(arguments, 2), count), out};
  const auto transform = [&](auto zero) { transform_complex<decltype(zero)>(context, call); };
  if (!visit(type, Floats(), transform)) context.fail(Error::NotSupported);
}

}  // namespace etbuild::kernels
