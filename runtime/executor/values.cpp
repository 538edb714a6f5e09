#include <executorch/runtime/executor/method.h>

#include <cstring>
#include <new>

#include "plan.h"
#include "tensor_parser.h"

namespace executorch::runtime {
namespace {

namespace schema = executorch_flatbuffer;
using schema::KernelTypes;

// Turns the values of a plan into EValues, each of which may refer to any other.
class ValueParser final {
 public:
  ValueParser(const schema::ExecutionPlan* plan, Span<EValue> values, MemoryAllocator* allocator,
              deserialization::TensorParser* tensors)
      : plan_(plan), values_(values), allocator_(allocator), tensors_(tensors) {}

  Error parse(size_t index) {
    const auto* source = plan_->values()->Get(static_cast<uint32_t>(index));
    const KernelTypes type = source->val_type();
    const void* content = source->val();
    EValue* value = new (&values_[index]) EValue();
    auto& payload = value->payload.copyable_union;
    const void* made = this;
    switch (type) {
      case KernelTypes::Null:
        break;
      case KernelTypes::Bool:
        payload.as_bool = flatbuffers::read<bool>(content, kOnlyField, false);
        break;
      case KernelTypes::Int:
      case KernelTypes::Double: {
        // The same bytes here and there.
        const auto bits = flatbuffers::read<int64_t>(content, kOnlyField, 0);
        std::memcpy(static_cast<void*>(&payload), &bits, sizeof(bits));
        break;
      }
      case KernelTypes::Tensor: {
        etensor::TensorImpl* impl = nullptr;
        ET_CHECK_OK_OR_RETURN_ERROR(tensors_->parse(static_cast<const schema::Tensor*>(content), &impl));
        new (&value->payload.as_tensor) aten::Tensor(impl);
        break;
      }
      case KernelTypes::String:
        made = payload.as_string_ptr = make_array<char>(content);
        break;
      case KernelTypes::DoubleList:
        made = payload.as_double_list_ptr = make_array<double>(content);
        break;
      case KernelTypes::BoolList:
        made = payload.as_bool_list_ptr = make_array<bool>(content);
        break;
      default:
        return parse_list(type, flatbuffers::target_or_empty(content, kOnlyField), value);
    }
    if (made == nullptr) return Error::MemoryAllocationFailed;
    value->tag = tag_of(type);
    return Error::Ok;
  }

 private:
  // Where the only field of all these tables is: a number, a text or the items of a list.
  static constexpr uint16_t kOnlyField = 4;

  // Characters, doubles and bools stay in the program; the EValue wants an object that points at them. Null: no memory.
  template <typename T>
  ArrayRef<T>* make_array(const void* content) {
    const void* items = flatbuffers::target_or_empty(content, kOnlyField);
    const auto* source = static_cast<const flatbuffers::Vector<T, uint32_t>*>(items);
    void* array = allocate_list<ArrayRef<T>>(allocator_, 1);
    return array == nullptr ? nullptr : new (array) ArrayRef<T>(source->data(), source->size());
  }

  // A list whose items are indices of values: ints, tensors, or tensors of which -1 is none.
  Error parse_list(KernelTypes type, const void* items, EValue* value) {
    const auto* indices = static_cast<const flatbuffers::Vector<int32_t, uint32_t>*>(items);
    const uint32_t count = indices->size();
    const bool of_ints = type == KernelTypes::IntList;
    const size_t element_bytes = type == KernelTypes::OptionalTensorList ? sizeof(std::optional<aten::Tensor>)
                                 : of_ints                               ? sizeof(int64_t)
                                                                         : sizeof(aten::Tensor);
    auto** wrapped = allocate_list<EValue*>(allocator_, count);
    void* unwrapped = allocate_elements(allocator_, count, element_bytes, alignof(int64_t));
    void* list = allocate_list<BoxedEvalueList<int64_t>>(allocator_, 1);
    if (list == nullptr || wrapped == nullptr || unwrapped == nullptr) return Error::MemoryAllocationFailed;
    // Elements are assigned to when the list is read: to optional tensors that are none until then.
    std::memset(unwrapped, 0, count * element_bytes);
    const KernelTypes wanted = of_ints ? KernelTypes::Int : KernelTypes::Tensor;
    const int32_t* next = indices->data();
    for (uint32_t at = 0; at < count; ++at) {
      const int32_t index = *next++;
      // Indices of ints have 64 bits, of which the upper ones are 0.
      const int32_t upper = of_ints ? *next++ : 0;
      wrapped[at] = nullptr;
      if (type == KernelTypes::OptionalTensorList && index == -1) continue;
      ET_CHECK_OR_RETURN_ERROR(upper == 0 && is_index(index, values_.size()) &&
                                   plan_->values()->Get(static_cast<uint32_t>(index))->val_type() == wanted,
                               InvalidProgram,
                               "An item of a list must name one of %zu values, of type %u, not %" PRId32
                               " (upper bits %" PRId32 ")",
                               values_.size(), static_cast<unsigned>(wanted), index, upper);
      wrapped[at] = &values_[static_cast<size_t>(index)];
    }
    auto& payload = value->payload.copyable_union;
    const int size = static_cast<int>(count);
    if (of_ints) {
      payload.as_int_list_ptr = make_list<int64_t>(list, wrapped, unwrapped, size);
    } else if (type == KernelTypes::TensorList) {
      payload.as_tensor_list_ptr = make_list<aten::Tensor>(list, wrapped, unwrapped, size);
    } else {
      payload.as_list_optional_tensor_ptr = make_list<std::optional<aten::Tensor>>(list, wrapped, unwrapped, size);
    }
    value->tag = tag_of(type);
    return Error::Ok;
  }

  template <typename T>
  static BoxedEvalueList<T>* make_list(void* place, EValue** wrapped, void* unwrapped, int size) {
    static_assert(sizeof(BoxedEvalueList<T>) == sizeof(BoxedEvalueList<int64_t>), "lists differ in a pointer only");
    return new (place) BoxedEvalueList<T>(wrapped, static_cast<T*>(unwrapped), size);
  }

  const schema::ExecutionPlan* plan_;
  Span<EValue> values_;
  MemoryAllocator* allocator_;
  deserialization::TensorParser* tensors_;
};

// How many tensors have constant data from outside.
size_t count_external_constants(const schema::ExecutionPlan* plan) {
  size_t count = 0;
  for (const auto* value : *plan->values()) {
    if (value->val_type() != KernelTypes::Tensor) continue;
    const auto* tensor = static_cast<const schema::Tensor*>(value->val());
    // With a place of its own, it is a variable that only begins with that data.
    count += internal::is_external(tensor) && tensor->allocation_info() == nullptr ? 1 : 0;
  }
  return count;
}

}  // namespace

Error Method::parse_values(const NamedDataMap* named_data_map) {
  MemoryAllocator* allocator = memory_manager_->method_allocator();
  external_constants_ = allocate_list<NamedData>(allocator, count_external_constants(serialization_plan_));
  if (external_constants_ == nullptr) return Error::MemoryAllocationFailed;
  const size_t count = serialization_plan_->values()->size();
  values_ = allocate_list<EValue>(allocator, count);
  const size_t inputs = inputs_size();
  input_set_ = allocate_list<bool>(allocator, inputs);
  if (values_ == nullptr || input_set_ == nullptr) return Error::MemoryAllocationFailed;
  std::memset(input_set_, 0, inputs);
  deserialization::TensorParser tensors(program_, memory_manager_, named_data_map, external_constants_,
                                        &n_external_constants_);
  ValueParser parser(serialization_plan_, {values_, count}, allocator, &tensors);
  for (n_value_ = 0; n_value_ < count; ++n_value_) {
    ET_CHECK_OK_OR_RETURN_ERROR(parser.parse(n_value_), "Failed parsing value at index %zu", n_value_);
  }
  return Error::Ok;
}

}  // namespace executorch::runtime
