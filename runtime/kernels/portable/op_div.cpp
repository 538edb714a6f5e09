// div.out(Tensor self, Tensor other, *, Tensor(a!) out): self / other, broadcast; whole numbers give floats.
// div.Scalar_out(Tensor self, Scalar other, *, Tensor(a!) out): the same with a number.
// div.out_mode(Tensor self, Tensor other, *, str? rounding_mode, Tensor(a!) out): rounded "trunc" or "floor"; then
// whole numbers give whole ones. div.Scalar_mode_out(Tensor self, Scalar other, *, str? rounding_mode, Tensor(a!) out).
#include "division.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct Quotient : Plain {
  using Plain::Plain;
  T operator()(T self, T other) const {
    if constexpr (is_complex(dtype_of<T>())) {  // By Smith's method, as PyTorch.
      const auto real = other.real();
      const auto imaginary = other.imag();
      if (std::abs(real) >= std::abs(imaginary)) {
        if (real == 0 && imaginary == 0) return T(self.real() / std::abs(real), self.imag() / std::abs(imaginary));
        const auto ratio = imaginary / real;
        const auto scale = 1 / (real + imaginary * ratio);
        return T((self.real() + self.imag() * ratio) * scale, (self.imag() - self.real() * ratio) * scale);
      }
      const auto ratio = real / imaginary;
      const auto scale = 1 / (real * ratio + imaginary);
      return T((self.real() * ratio + self.imag()) * scale, (self.imag() * ratio - self.real()) * scale);
    } else {
      return self / other;
    }
  }
};

template <typename T>
struct Truncated : Division<T> {
  using Division<T>::Division;
  T operator()(T self, T other) const { return this->is_zero(other) ? T(0) : truncated_quotient(self, other); }
};

template <typename T>
struct Floored : Division<T> {
  using Division<T>::Division;
  T operator()(T self, T other) const { return this->is_zero(other) ? T(0) : floored_quotient(self, other); }
};

void by_mode(KernelRuntimeContext& context, Arguments arguments, const char* letters) {
  if (!are_arguments(context, arguments, letters)) return;
  if (is_none(arguments, 2)) {
    pointwise(context, arguments, letters, 2, Answer::kFloat, binary_row<Quotient, FloatsAndComplexes>);
  } else if (is_text(arguments, 2, "trunc")) {
    divide(context, arguments, letters, binary_row<Truncated, Reals>);
  } else if (is_text(arguments, 2, "floor")) {
    divide(context, arguments, letters, binary_row<Floored, Reals>);
  } else {
    context.fail(Error::InvalidArgument);
  }
}

}  // namespace

void div_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise(context, arguments, "ttt", 2, Answer::kFloat, binary_row<Quotient, FloatsAndComplexes>);
}

void div_scalar_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise(context, arguments, "tst", 2, Answer::kFloat, binary_row<Quotient, FloatsAndComplexes>);
}

void div_out_mode(KernelRuntimeContext& context, Arguments arguments) { by_mode(context, arguments, "ttZt"); }

void div_scalar_mode_out(KernelRuntimeContext& context, Arguments arguments) { by_mode(context, arguments, "tsZt"); }

}  // namespace etbuild::kernels
