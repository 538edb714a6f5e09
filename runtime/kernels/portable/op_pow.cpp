// pow.Tensor_Tensor_out(Tensor self, Tensor exponent, *, Tensor(a!) out): self to the power of the exponent, broadcast.
// Whole numbers stay whole: to a negative power, all but 1 and -1 are 0.
// pow.Scalar_out(Scalar self, Tensor exponent, *, Tensor(a!) out), pow.Tensor_Scalar_out(Tensor self, Scalar exponent,
// *, Tensor(a!) out): the same with a number; a whole exponent of whole numbers must not be negative.
#include <cmath>

#include "rows.h"
#include "wrapping.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct Pow : Plain {
  using Plain::Plain;
  T operator()(T self, T exponent) const {
    if constexpr (std::is_floating_point_v<T>) {
      return std::pow(self, exponent);
    } else {
      if (exponent < T(0)) {
        if (self == T(1)) return T(1);
        if (self != static_cast<T>(-1)) return T(0);
        return exponent % 2 == 0 ? T(1) : self;
      }
      T power(1);
      for (T factor = self; exponent != T(0); exponent = static_cast<T>(exponent / 2)) {
        if (exponent % 2 != 0) power = wrapping_multiply(power, factor);
        factor = wrapping_multiply(factor, factor);
      }
      return power;
    }
  }
};

// Of a number's exponents, those that have a short way.
template <typename T>
struct Square : Plain {
  using Plain::Plain;
  T operator()(T self, T /*exponent*/) const { return self * self; }
};

template <typename T>
struct Root : Plain {
  using Plain::Plain;
  T operator()(T self, T /*exponent*/) const { return std::sqrt(self); }
};

template <typename T>
struct ReciprocalRoot : Plain {
  using Plain::Plain;
  T operator()(T self, T /*exponent*/) const { return T(1) / std::sqrt(self); }
};

Row power_row(ScalarType type) { return binary_row<Pow, Reals>(type); }
Row square_row(ScalarType type) { return is_floating(type) ? binary_row<Square, Floats>(type) : power_row(type); }
Row reciprocal_root_row(ScalarType type) {
  return is_floating(type) ? binary_row<ReciprocalRoot, Floats>(type) : power_row(type);
}
Row root_row(ScalarType type) { return is_floating(type) ? binary_row<Root, Floats>(type) : power_row(type); }

}  // namespace

void pow_tensor_tensor_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise(context, arguments, "ttt", 2, Answer::kSame, power_row);
}

void pow_scalar_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise(context, arguments, "stt", 2, Answer::kSame, power_row);
}

void pow_tensor_scalar_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tst")) return;
  const Operands operands(arguments, 2);
  const double exponent = real(arguments, 1);
  if (exponent < 0.0 && !is_floating(operands.common)) {
    context.fail(Error::InvalidArgument);
    return;
  }
  RowOf row_of = exponent == 2.0 ? square_row : power_row;
  if (operands.common != ScalarType::Half) {  // As PyTorch: powers and roots of -inf and -0 differ.
    if (exponent == 0.5) row_of = root_row;
    if (exponent == -0.5) row_of = reciprocal_root_row;
  }
  pointwise(context, operands, Answer::kSame, row_of, tensor(arguments, 2));
}

}  // namespace etbuild::kernels
