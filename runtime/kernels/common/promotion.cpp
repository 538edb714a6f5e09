#include "promotion.h"

#include <executorch/runtime/core/exec_aten/util/scalar_type_util.h>

namespace etbuild::kernels {
namespace {

// The kinds of numbers; each holds the ones before.
int kind_of(ScalarType type) {
  if (is_bool(type)) return 0;
  if (is_integer(type)) return 1;
  return is_complex(type) ? 3 : 2;
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
  return left == right ? left : executorch::runtime::promoteTypes(left, right);
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

bool can_cast(ScalarType from, ScalarType to) { return kind_of(from) <= kind_of(to); }

}  // namespace etbuild::kernels
