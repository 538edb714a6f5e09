#include "caller_values.h"

#include <executorch/runtime/core/exec_aten/util/scalar_type_util.h>
#include <executorch/runtime/core/exec_aten/util/tensor_util.h>

#include "tensor_resizer.h"

namespace executorch::runtime::internal {
namespace {

// A tensor whose memory is the caller's can grow as far as that memory, whatever the file says.
void limit(const aten::Tensor& tensor, size_t numel) {
  etensor::TensorImpl* impl = tensor.unsafeGetTensorImpl();
  if (impl->shape_dynamism() != TensorShapeDynamism::STATIC) TensorResizerFriend::set_bound(*impl, numel);
}

Error give_tensor(const aten::Tensor& own, const aten::Tensor& given, const TensorPlace& place, size_t input) {
  ET_CHECK_OR_RETURN_ERROR(own.scalar_type() == given.scalar_type(), InvalidArgument,
                           "Input %zu has unexpected scalar type: expected %s but was %s.", input,
                           toString(own.scalar_type()), toString(given.scalar_type()));
  (void)input;
  // Before anything changes: a tensor of a new shape and without its data would have the data of the old one.
  ET_CHECK_OR_RETURN_ERROR(place.planned || !lacks_data(given), InvalidArgument, "Input %zu has no data", input);
  const size_t bound = TensorResizerFriend::bound(*own.unsafeGetTensorImpl());
  if (!place.planned) limit(own, place.largest);
  const Error error = resize_tensor(own, given.sizes());
  if (error != Error::Ok) {
    limit(own, bound);
    ET_LOG(Error, "Error resizing tensor at input %zu", input);
    return error;
  }
  if (place.planned) return copy_tensor_data(own, given);
  limit(own, static_cast<size_t>(given.numel()));
  return share_tensor_data(own, given);
}

// Whether a primitive input is what was exported: a program is made for that value, no other.
bool equal_primitives(const EValue& expected, const EValue& given) {
  const auto& one = expected.payload.copyable_union;
  const auto& other = given.payload.copyable_union;
  switch (expected.tag) {
    case Tag::None:
      return true;
    case Tag::Int:
      return one.as_int == other.as_int;
    case Tag::Bool:
      return one.as_bool == other.as_bool;
    case Tag::Double: {
      constexpr double kTolerance = 1e-4;
      return __builtin_fabs(one.as_double - other.as_double) <= kTolerance;
    }
    default:
      return expected.toString() == given.toString();
  }
}

bool any_lacks_data(const EValue& value) {
  if (value.isTensorList()) {
    for (const aten::Tensor& tensor : value.payload.copyable_union.as_tensor_list_ptr->get()) {
      if (lacks_data(tensor)) return true;
    }
  }
  if (value.isListOptionalTensor()) {
    for (const auto& tensor : value.payload.copyable_union.as_list_optional_tensor_ptr->get()) {
      if (tensor.has_value() && lacks_data(*tensor)) return true;
    }
  }
  return lacks_data(value);
}

}  // namespace

Error give_input(const EValue& own, const EValue& given, const TensorPlace& place, size_t input) {
  const bool primitive = own.isScalar() || own.isString() || own.isNone();
  ET_CHECK_OR_RETURN_ERROR(primitive || own.isTensor(), InvalidArgument,
                           "Input %zu was expected to be a Tensor or primitive but has tag %u.", input,
                           static_cast<unsigned>(own.tag));
  ET_CHECK_OR_RETURN_ERROR(own.tag == given.tag, InvalidArgument, "Input %zu was expected to have type %u but was %u.",
                           input, static_cast<unsigned>(own.tag), static_cast<unsigned>(given.tag));
  if (!primitive) return give_tensor(own.payload.as_tensor, given.payload.as_tensor, place, input);
  ET_CHECK_OR_RETURN_ERROR(equal_primitives(own, given), InvalidArgument,
                           "The %zu-th input of method should have the same value as the input_evalue", input);
  return Error::Ok;
}

Error give_output(const EValue& own, void* buffer, size_t size, const TensorPlace& place, size_t output) {
  (void)output;
  ET_CHECK_OR_RETURN_ERROR(own.isTensor(), InvalidArgument, "Output type: %u is not a tensor.",
                           static_cast<unsigned>(own.tag));
  ET_CHECK_OR_RETURN_ERROR(!place.planned, InvalidState,
                           "Output %zu is memory planned, or is a constant: its data can not be set", output);
  const aten::Tensor& tensor = own.payload.as_tensor;
  ET_CHECK_OK_OR_RETURN_ERROR(set_tensor_data(tensor, buffer, size));
  const size_t room = size / static_cast<size_t>(tensor.element_size());
  limit(tensor, room < place.largest ? room : place.largest);
  return Error::Ok;
}

Error check_data(Span<EValue*> arguments) {
  for (size_t index = 0; index < arguments.size(); ++index) {
    ET_CHECK_OR_RETURN_ERROR(!any_lacks_data(*arguments[index]), InvalidState,
                             "Argument %zu is a tensor without data: an output that was not set, or it was freed",
                             index);
  }
  return Error::Ok;
}

Error read_condition(const EValue& value, bool* condition) {
  if (value.isBool()) {
    *condition = value.payload.copyable_union.as_bool;
    return Error::Ok;
  }
  ET_CHECK_OR_RETURN_ERROR(value.isTensor(), InvalidProgram, "Unsupported JF EValue type %u",
                           static_cast<unsigned>(value.tag));
  const aten::Tensor& tensor = value.payload.as_tensor;
  ET_CHECK_OR_RETURN_ERROR(tensor.scalar_type() == aten::ScalarType::Bool, InvalidProgram,
                           "Expected dtype of %d got %d", static_cast<int>(aten::ScalarType::Bool),
                           static_cast<int>(tensor.scalar_type()));
  const auto* items = tensor.const_data_ptr<uint8_t>();
  ET_CHECK_OR_RETURN_ERROR(items != nullptr, InvalidState, "Tensor data is null");
  *condition = true;
  for (ssize_t index = 0; index < tensor.numel(); ++index) *condition = *condition && items[index] != 0;
  return Error::Ok;
}

}  // namespace executorch::runtime::internal
