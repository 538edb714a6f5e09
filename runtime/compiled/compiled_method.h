// A method of a program as constant tables, which et_image(plan = "compiled") writes when an image is built: on the
// device nothing is parsed, checked or looked for but the kernels, by name, once. Knows neither files nor delegates.
//
// The tables were made from a file that the build has read whole; what they name exists. Inputs, resizes and conditions
// are checked as Method does.

#pragma once

#include <executorch/runtime/core/evalue.h>
#include <executorch/runtime/core/memory_allocator.h>
#include <executorch/runtime/kernel/operator_registry.h>

#include <cstdint>
#include <optional>

namespace etbuild {

using executorch::runtime::Error;
using executorch::runtime::EValue;
using executorch::runtime::Kernel;
using executorch::runtime::MemoryAllocator;
using executorch::runtime::OpFunction;
using executorch::runtime::Span;

// A tensor. Its sizes and strides are in RAM if it is `dynamic`, bounds at first, and else never written.
struct CompiledTensor {
  void* data;  // In planned memory or the image; null if it is given later.
  const int32_t* sizes;
  const int32_t* strides;
  const uint8_t* dim_order;
  int8_t type;
  uint8_t rank;
  bool dynamic;
};

// What a value begins as.
struct CompiledValue {
  enum class Kind : uint8_t {
    None,
    Tensor,
    Int,      // That fits into 32 bits.
    LongInt,  // Any other.
    Double,
    Bool,
    Text,
    Ints,
    Doubles,
    Bools,
    Tensors,
    OptionalTensors
  };

  Kind kind;
  uint16_t count;  // Of what is a list or text.
  // Int, Bool: the number itself. Tensor: which. Ints, Tensors, OptionalTensors: where their places begin in `places`.
  // LongInt, Double, Text, Doubles, Bools: which of `constants`.
  int32_t index;
};

// One step; its arguments are values, named from `first` on in `places`.
struct CompiledStep {
  // Below kMove, an operator.
  static constexpr uint16_t kMove = 0xfffd;       // of value `first` to value `count`
  static constexpr uint16_t kJumpFalse = 0xfffe;  // to step `count`, unless value `first` is true
  static constexpr uint16_t kFree = 0xffff;       // of value `first`

  uint16_t what;
  uint16_t count;
  uint32_t first;
};

// Marks a place of none in a list of optional tensors.
constexpr uint16_t kNoValue = 0xffff;

// An input or output: a value, and what the program says of it if it is a tensor.
struct CompiledPort {
  uint16_t value;
  bool planned;
  uint32_t largest;
};

// Constants, as an aggregate: what Span is not, and what no constructor has to run for.
template <typename T>
struct Table {
  const T* items;
  uint32_t size;

  const T* begin() const { return items; }
  const T* end() const { return items + size; }
  const T& operator[](size_t index) const { return items[index]; }
};

// A whole method, and the memory that is laid out for it.
struct CompiledPlan {
  Table<CompiledTensor> tensors;
  Table<CompiledValue> values;
  Table<const void*> constants;  // Elements of what values say of them.
  Table<CompiledStep> steps;
  Table<uint16_t> places;
  Table<const char*> operators;  // "aten::add.out"
  Table<CompiledPort> inputs;
  Table<CompiledPort> outputs;
  bool may_lack_data;  // Whether each call has to be checked for tensors without data,
  uint16_t view;       // but for those of this operator, which gives them some.

  void* tensor_memory;         // A TensorImpl for each tensor.
  void* value_memory;          // An EValue for each value.
  uint8_t* list_memory;        // compiled_list_bytes(); 8-aligned.
  OpFunction* kernel_memory;   // One for each operator.
  EValue** argument_memory;    // The largest number of arguments.
  MemoryAllocator* (*temp)();  // What kernels allocate from; null if none needs to.
};

// Bytes that the object of a list takes, what it points to, and its elements.
constexpr size_t compiled_list_bytes(size_t count, size_t element_bytes) {
  constexpr size_t kAlignment = 8;
  const auto aligned = [](size_t bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; };
  return aligned(3 * sizeof(void*)) + aligned(count * sizeof(void*)) + aligned(count * element_bytes);
}

// Bytes of list_memory that a value takes.
constexpr size_t compiled_list_bytes(const CompiledValue& value) {
  using Kind = CompiledValue::Kind;
  switch (value.kind) {
    case Kind::Text:
    case Kind::Doubles:
    case Kind::Bools:
      return compiled_list_bytes(0, 0);
    case Kind::Ints:
      return compiled_list_bytes(value.count, sizeof(int64_t));
    case Kind::Tensors:
      return compiled_list_bytes(value.count, sizeof(executorch::aten::Tensor));
    case Kind::OptionalTensors:
      return compiled_list_bytes(value.count, sizeof(std::optional<executorch::aten::Tensor>));
    default:
      return 0;
  }
}

// Bytes of list_memory for all `values`, at least 1.
template <size_t N>
constexpr size_t compiled_list_bytes(const CompiledValue (&values)[N]) {
  size_t bytes = 0;
  for (const CompiledValue& value : values) bytes += compiled_list_bytes(value);
  return bytes == 0 ? 1 : bytes;
}

// A method that is ready to run. As executorch::runtime::Method, as far as it goes; one for each plan at a time.
class CompiledMethod final {
 public:
  // Makes tensors and values in the plan's memory and finds its kernels. OperatorMissing: one is not among `kernels`.
  static Error load(const CompiledPlan& plan, Span<const Kernel> kernels);

  explicit CompiledMethod(const CompiledPlan& plan) : plan_(plan) {}

  size_t inputs_size() const { return plan_.inputs.size; }
  size_t outputs_size() const { return plan_.outputs.size; }

  // As internal::give_input() says, and InvalidArgument if there is no such input.
  Error set_input(const EValue& given, size_t index);

  // Where an output that has no place in the plan goes: internal::give_output(), and InvalidArgument likewise.
  Error set_output_data_ptr(void* buffer, size_t size, size_t index);

  Error execute();

  // `index` must be below outputs_size().
  const EValue& get_output(size_t index) const { return value(plan_.outputs[index].value); }

 private:
  EValue& value(size_t index) const { return static_cast<EValue*>(plan_.value_memory)[index]; }

  const CompiledPlan& plan_;
};

}  // namespace etbuild
