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
    if constexpr (std::is_same_v<T, std::complex<float>>) {  // Its parts are differences of products.
      return T(std::complex<double>(self) / std::complex<double>(other));
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
