#include "pointwise.h"

#include <executorch/runtime/platform/log.h>

namespace etbuild::kernels {

Operands::Operands(Arguments arguments, size_t many) : count(many) {
  bool alike = true;
  for (size_t index = 0; index < count; ++index) {
    Operand& operand = list[index];
    if (arguments[index]->isTensor()) {
      operand = Operand(tensor(arguments, index));
      alike = alike && operand.type == list[0].type;
    } else {
      numbers[index] = Number(*arguments[index]);
      operand = Operand(numbers[index]);
      alike = alike && index > 0 && kind_of(operand.kind) <= kind_of(list[0].type);
    }
  }
  common = alike ? list[0].type : common_dtype(list, count);
}

void pointwise(KernelRuntimeContext& context, const Operands& operands, Answer answer, RowOf row_of, Tensor& out,
               const void* parameters) {
  ScalarType computed = answer == Answer::kFloat ? computed_as_float(operands.common) : computed_in(operands.common);
  if (answer == Answer::kTruth) computed = ScalarType::Bool;
  const ScalarType result = answer >= Answer::kBool ? ScalarType::Bool : computed;
  compute(context, {operands.list, operands.count, computed, result, row_of(computed), parameters}, out);
}

void pointwise(KernelRuntimeContext& context, Arguments arguments, const char* letters, size_t operands, Answer answer,
               RowOf row_of, const void* parameters) {
  const size_t count = count_arguments(context, arguments, letters);
  if (count == 0) return;
  pointwise(context, Operands(arguments, operands), answer, row_of, tensor(arguments, count - 1), parameters);
}

void pointwise_scaled(KernelRuntimeContext& context, Arguments arguments, const char* letters, RowOf row_of) {
  if (!are_arguments(context, arguments, letters)) return;
  const Operands operands(arguments, 2);
  const Number alpha(*arguments[2]);
  if (alpha.type == ScalarType::Double && (is_integer(operands.common) || is_bool(operands.common))) {
    ET_LOG(Error, "The factor of whole numbers must be whole, is %f", alpha.floating);
    context.fail(Error::InvalidArgument);
    return;
  }
  pointwise(context, operands, Answer::kSame, row_of, tensor(arguments, 3), &alpha);
}

}  // namespace etbuild::kernels
