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
      case KernelTypes::Int:
        payload.as_int = flatbuffers::read<int64_t>(content, kOnlyField, 0);
        break;
      case KernelTypes::Bool:
        payload.as_bool = flatbuffers::read<bool>(content, kOnlyField, false);
        break;
      case KernelTypes::Double:
        payload.as_double = flatbuffers::read<double>(content, kOnlyField, 0);
        break;
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
    void* array = allocator_->allocate(sizeof(ArrayRef<T>), alignof(ArrayRef<T>));
    return array == nullptr ? nullptr : new (array) ArrayRef<T>(source->data(), source->size());
  }

  // A list whose items are indices of values: ints, tensors, or tensors of which -1 is none.
  Error parse_list(KernelTypes type, const void* items, EValue* value) {
    const auto* narrow = static_cast<const flatbuffers::Vector<int32_t, uint32_t>*>(items);
    const auto* wide = static_cast<const flatbuffers::Vector<int64_t, uint32_t>*>(items);
    const uint32_t count = narrow->size();
    const bool of_ints = type == KernelTypes::IntList;
    // The file has an index for each element, and fits memory: no product wraps around.
    const size_t element_bytes = type == KernelTypes::OptionalTensorList ? sizeof(std::optional<aten::Tensor>)
                                 : of_ints                               ? sizeof(int64_t)
                                                                         : sizeof(aten::Tensor);
    auto** wrapped = static_cast<EValue**>(allocator_->allocate(count * sizeof(void*), alignof(void*)));
    void* unwrapped = allocator_->allocate(count * element_bytes, alignof(int64_t));
    void* list = allocator_->allocate(sizeof(BoxedEvalueList<int64_t>), alignof(void*));
    if (list == nullptr || wrapped == nullptr || unwrapped == nullptr) return Error::MemoryAllocationFailed;
    // Elements are assigned to when the list is read: to optional tensors that are none until then.
    std::memset(unwrapped, 0, count * element_bytes);
    for (uint32_t at = 0; at < count; ++at) {
      const int64_t given = of_ints ? wide->Get(at) : narrow->Get(at);
      const auto index = static_cast<int32_t>(given);
      wrapped[at] = nullptr;
      if (type == KernelTypes::OptionalTensorList && index == -1) continue;
      ET_CHECK_OR_RETURN_ERROR(index == given && is_index(index, values_.size()) &&
                                   plan_->values()->Get(static_cast<uint32_t>(index))->val_type() ==
                                       (of_ints ? KernelTypes::Int : KernelTypes::Tensor),
                               InvalidProgram,
                               "An item of a list must name one of %zu values, of its type, not %" PRId64,
                               values_.size(), given);
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
  external_constants_ = allocator->allocateList<NamedData>(count_external_constants(serialization_plan_));
  if (external_constants_ == nullptr) return Error::MemoryAllocationFailed;
  const size_t count = serialization_plan_->values()->size();
  values_ = allocator->allocateList<EValue>(count);
  const size_t inputs = inputs_size();
  input_set_ = allocator->allocateList<bool>(inputs);
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
