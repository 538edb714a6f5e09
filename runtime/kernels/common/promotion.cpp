#include "promotion.h"

namespace etbuild::kernels {
namespace {

ScalarType wider(ScalarType left, ScalarType right) { return size_of(left) >= size_of(right) ? left : right; }

ScalarType promote_integers(ScalarType left, ScalarType right) {
  if (left == ScalarType::UInt16 || right == ScalarType::UInt16) return ScalarType::Undefined;  // As PyTorch.
  if (size_of(left) != size_of(right)) return wider(left, right);
  return ScalarType::Short;  // Byte and Char.
}

ScalarType promote_floats(ScalarType left, ScalarType right) {
  return size_of(left) == size_of(right) ? ScalarType::Float : wider(left, right);  // Half and BFloat16.
}

// The dtype of a complex number's parts.
ScalarType part_of(ScalarType type) {
  if (type == ScalarType::ComplexHalf) return ScalarType::Half;
  if (type == ScalarType::ComplexFloat) return ScalarType::Float;
  return type == ScalarType::ComplexDouble ? ScalarType::Double : type;
}

ScalarType complex_of(ScalarType part) {
  if (part == ScalarType::Half) return ScalarType::ComplexHalf;
  return part == ScalarType::Double ? ScalarType::ComplexDouble : ScalarType::ComplexFloat;
}

// Joins a dtype to what has been seen; Undefined: nothing yet.
void join(ScalarType& seen, ScalarType type) { seen = seen == ScalarType::Undefined ? type : promote(seen, type); }

// What stands, if operands of lower rank come in: only a higher kind changes it.
ScalarType prefer(ScalarType higher, ScalarType lower) {
  if (higher == ScalarType::Undefined) return lower;
  if (lower == ScalarType::Undefined || kind_of(lower) <= kind_of(higher)) return higher;
  return promote(higher, lower);
}

}  // namespace

ScalarType promote(ScalarType left, ScalarType right) {
  if (left == right) return left;
  if (!is_known(left) || !is_known(right)) return ScalarType::Undefined;
  if (kind_of(left) > kind_of(right)) return promote(right, left);
  switch (kind_of(right)) {  // The higher kind.
    case 1:
      return is_bool(left) ? right : promote_integers(left, right);
    case 2:
      return is_floating(left) ? promote_floats(left, right) : right;
    default:
      return kind_of(left) < 2 || part_of(left) == part_of(right)
                 ? right
                 : complex_of(promote_floats(part_of(left), part_of(right)));
  }
}

ScalarType common_dtype(const Operand* operands, size_t count) {
  auto tensors = ScalarType::Undefined;
  auto points = ScalarType::Undefined;   // Tensors without dimensions.
  auto numbers = ScalarType::Undefined;  // A floating one is Float: PyTorch's default.
  for (size_t index = 0; index < count; ++index) {
    const Operand& operand = operands[index];
    if (operand.tensor == nullptr) {
      join(numbers, operand.kind == ScalarType::Double ? ScalarType::Float : operand.kind);
    } else {
      join(operand.rank() > 0 ? tensors : points, operand.type);
    }
  }
  return prefer(prefer(tensors, points), numbers);
}

}  // namespace etbuild::kernels
