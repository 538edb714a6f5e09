#include "compiled_method.h"

#include <executorch/runtime/core/exec_aten/util/tensor_util.h>
#include <executorch/runtime/kernel/kernel_runtime_context.h>

#include <cstring>
#include <new>

#include "caller_values.h"
#include "kernel_lookup.h"

namespace etbuild {
namespace {

namespace rt = executorch::runtime;
using executorch::aten::Tensor;
using executorch::aten::TensorImpl;
using rt::ArrayRef;
using rt::BoxedEvalueList;
using Kind = CompiledValue::Kind;

EValue* values_of(const CompiledPlan& plan) { return static_cast<EValue*>(plan.value_memory); }

TensorImpl* tensors_of(const CompiledPlan& plan) { return static_cast<TensorImpl*>(plan.tensor_memory); }

// Returns constants that a value names.
template <typename T>
const T* constants_of(const CompiledPlan& plan, const CompiledValue& source) {
  return static_cast<const T*>(plan.constants[static_cast<size_t>(source.index)]);
}

// Constructs the object of a list, and the room that it points to, at `memory`; moves that behind them.
template <typename T>
BoxedEvalueList<T>* make_list(const CompiledPlan& plan, const CompiledValue& source, uint8_t** memory) {
  static_assert(sizeof(BoxedEvalueList<T>) <= compiled_list_bytes(0, 0), "compiled_list_bytes() counts them so");
  uint8_t* at = *memory;
  *memory += compiled_list_bytes(source);
  auto** wrapped = reinterpret_cast<EValue**>(at + compiled_list_bytes(0, 0));
  uint8_t* elements = at + compiled_list_bytes(source.count, 0);
  std::memset(elements, 0, source.count * sizeof(T));
  for (size_t index = 0; index < source.count; ++index) {
    const uint16_t place = plan.places[static_cast<size_t>(source.index) + index];
    wrapped[index] = place == kNoValue ? nullptr : &values_of(plan)[place];
  }
  return new (at) BoxedEvalueList<T>(wrapped, reinterpret_cast<T*>(elements), source.count);
}

template <typename T>
ArrayRef<T>* make_array(const CompiledPlan& plan, const CompiledValue& source, uint8_t** memory) {
  uint8_t* at = *memory;
  *memory += compiled_list_bytes(source);
  return new (at) ArrayRef<T>(constants_of<T>(plan, source), source.count);
}

void make_value(const CompiledPlan& plan, const CompiledValue& source, EValue* place, uint8_t** memory) {
  switch (source.kind) {
    case Kind::None:
      new (place) EValue();
      break;
    case Kind::Tensor:
      new (place) EValue(Tensor(&tensors_of(plan)[source.index]));
      break;
    case Kind::Int:
      new (place) EValue(int64_t{source.index});
      break;
    case Kind::LongInt:
      new (place) EValue(*constants_of<int64_t>(plan, source));
      break;
    case Kind::Double:
      new (place) EValue(*constants_of<double>(plan, source));
      break;
    case Kind::Bool:
      new (place) EValue(source.index != 0);
      break;
    case Kind::Text:
      new (place) EValue(make_array<char>(plan, source, memory));
      break;
    case Kind::Ints:
      new (place) EValue(make_list<int64_t>(plan, source, memory));
      break;
    case Kind::Doubles:
      new (place) EValue(make_array<double>(plan, source, memory));
      break;
    case Kind::Bools:
      new (place) EValue(make_array<bool>(plan, source, memory));
      break;
    case Kind::Tensors:
      new (place) EValue(make_list<Tensor>(plan, source, memory));
      break;
    case Kind::OptionalTensors:
      new (place) EValue(make_list<std::optional<Tensor>>(plan, source, memory));
      break;
  }
}

Error call(const CompiledPlan& plan, const CompiledStep& step, MemoryAllocator* temp) {
  const uint16_t* places = plan.places.items + step.first;
  for (size_t index = 0; index < step.count; ++index) {
    plan.argument_memory[index] = &values_of(plan)[places[index]];
  }
  const Span<EValue*> arguments(plan.argument_memory, size_t{step.count});
  if (plan.may_lack_data && step.what != plan.view) ET_CHECK_OK_OR_RETURN_ERROR(rt::internal::check_data(arguments));
  rt::KernelRuntimeContext context(nullptr, temp);
  plan.kernel_memory[step.what](context, arguments);
  if (temp != nullptr) temp->reset();
  return context.failure_state();
}

}  // namespace

Error CompiledMethod::load(const CompiledPlan& plan, Span<const Kernel> kernels) {
  for (size_t index = 0; index < plan.operators.size; ++index) {
    const char* name = plan.operators[index];
    plan.kernel_memory[index] = rt::internal::find_kernel({name, nullptr}, {}, kernels).function;
    ET_CHECK_OR_RETURN_ERROR(plan.kernel_memory[index] != nullptr, OperatorMissing, "kernel '%s' not found.", name);
  }
  for (size_t index = 0; index < plan.tensors.size; ++index) {
    const CompiledTensor& source = plan.tensors[index];
    new (&tensors_of(plan)[index]) TensorImpl(
        static_cast<executorch::aten::ScalarType>(source.type), source.rank, const_cast<int32_t*>(source.sizes),
        source.data, const_cast<uint8_t*>(source.dim_order), const_cast<int32_t*>(source.strides),
        source.dynamic ? rt::TensorShapeDynamism::DYNAMIC_BOUND : rt::TensorShapeDynamism::STATIC);
  }
  uint8_t* memory = plan.list_memory;
  for (size_t index = 0; index < plan.values.size; ++index) {
    make_value(plan, plan.values[index], &values_of(plan)[index], &memory);
  }
  return Error::Ok;
}

Error CompiledMethod::set_input(const EValue& given, size_t index) {
  if (index >= plan_.inputs.size) return Error::InvalidArgument;
  const CompiledPort& port = plan_.inputs[index];
  return rt::internal::give_input(value(port.value), given, {port.planned, port.largest}, index);
}

Error CompiledMethod::set_output_data_ptr(void* buffer, size_t size, size_t index) {
  if (index >= plan_.outputs.size) return Error::InvalidArgument;
  const CompiledPort& port = plan_.outputs[index];
  return rt::internal::give_output(value(port.value), buffer, size, {port.planned, port.largest}, index);
}

Error CompiledMethod::execute() {
  for (const CompiledPort& input : plan_.inputs) {
    if (rt::internal::lacks_data(value(input.value))) return Error::InvalidArgument;
  }
  MemoryAllocator* temp = plan_.temp == nullptr ? nullptr : plan_.temp();
  for (size_t at = 0; at < plan_.steps.size; ++at) {
    const CompiledStep& step = plan_.steps[at];
    if (step.what < CompiledStep::kMove) {
      ET_CHECK_OK_OR_RETURN_ERROR(call(plan_, step, temp));
    } else if (step.what == CompiledStep::kMove) {
      // Values own nothing: a copy is their bytes.
      std::memcpy(static_cast<void*>(&values_of(plan_)[step.count]),
                  static_cast<const void*>(&values_of(plan_)[step.first]), sizeof(EValue));
    } else if (step.what == CompiledStep::kJumpFalse) {
      bool condition = false;
      ET_CHECK_OK_OR_RETURN_ERROR(rt::internal::read_condition(values_of(plan_)[step.first], &condition));
      // The loop counts on.
      if (!condition) at = size_t{step.count} - 1;
    } else {
      rt::internal::reset_data_ptr(values_of(plan_)[step.first].toTensor());
    }
  }
  return Error::Ok;
}

}  // namespace etbuild
