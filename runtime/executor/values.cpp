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
    EValue* value = new (&values_[index]) EValue();
    switch (source->val_type()) {
      case KernelTypes::Null:
        return Error::Ok;
      case KernelTypes::Int:
        return set(value, Tag::Int, &value->payload.copyable_union.as_int, as<schema::Int>(source)->int_val());
      case KernelTypes::Bool:
        return set(value, Tag::Bool, &value->payload.copyable_union.as_bool, as<schema::Bool>(source)->bool_val());
      case KernelTypes::Double:
        return set(value, Tag::Double, &value->payload.copyable_union.as_double,
                   as<schema::Double>(source)->double_val());
      case KernelTypes::Tensor:
        return parse_tensor(as<schema::Tensor>(source), value);
      case KernelTypes::String: {
        const auto* text = as<schema::String>(source)->string_val();
        return parse_array(text->c_str(), text->size(), Tag::String, &value->payload.copyable_union.as_string_ptr,
                           value);
      }
      case KernelTypes::DoubleList: {
        const auto* items = as<schema::DoubleList>(source)->items();
        return parse_array(items->data(), items->size(), Tag::ListDouble,
                           &value->payload.copyable_union.as_double_list_ptr, value);
      }
      case KernelTypes::BoolList: {
        const auto* items = as<schema::BoolList>(source)->items();
        return parse_array(reinterpret_cast<const bool*>(items->data()), items->size(), Tag::ListBool,
                           &value->payload.copyable_union.as_bool_list_ptr, value);
      }
      case KernelTypes::IntList:
        return parse_list<int64_t>(KernelTypes::Int, as<schema::IntList>(source)->items(), Tag::ListInt,
                                   &value->payload.copyable_union.as_int_list_ptr, value);
      case KernelTypes::TensorList:
        return parse_list<aten::Tensor>(KernelTypes::Tensor, as<schema::TensorList>(source)->items(), Tag::ListTensor,
                                        &value->payload.copyable_union.as_tensor_list_ptr, value);
      case KernelTypes::OptionalTensorList:
        return parse_list<std::optional<aten::Tensor>>(
            KernelTypes::Tensor, as<schema::OptionalTensorList>(source)->items(), Tag::ListOptionalTensor,
            &value->payload.copyable_union.as_list_optional_tensor_ptr, value);
      default:
        ET_LOG(Error, "Unknown KernelTypes value %u at index %zu", static_cast<unsigned>(source->val_type()), index);
        return Error::InvalidProgram;
    }
  }

 private:
  template <typename T>
  static const T* as(const schema::EValue* source) {
    return static_cast<const T*>(source->val());
  }

  template <typename T>
  static Error set(EValue* value, Tag tag, T* place, T content) {
    *place = content;
    value->tag = tag;
    return Error::Ok;
  }

  Error parse_tensor(const schema::Tensor* source, EValue* value) {
    etensor::TensorImpl* impl = nullptr;
    ET_CHECK_OK_OR_RETURN_ERROR(tensors_->parse(source, &impl));
    new (&value->payload.as_tensor) aten::Tensor(impl);
    value->tag = Tag::Tensor;
    return Error::Ok;
  }

  // Characters, doubles and bools stay in the program; the EValue wants an object that points at them.
  template <typename T>
  Error parse_array(const T* items, size_t count, Tag tag, ArrayRef<T>** place, EValue* value) {
    void* array = allocator_->allocate(sizeof(ArrayRef<T>), alignof(ArrayRef<T>));
    if (array == nullptr) return Error::MemoryAllocationFailed;
    return set(value, tag, place, new (array) ArrayRef<T>(items, count));
  }

  // A list of whatever T: its object, room for its elements, and the values that they are taken from.
  template <typename T, typename Index>
  Error parse_list(KernelTypes element, const flatbuffers::Vector<Index, uint32_t>* items, Tag tag,
                   BoxedEvalueList<T>** place, EValue* value) {
    ListParts parts{};
    const uint32_t count = items->size();
    const size_t bytes = sizeof(BoxedEvalueList<T>);
    ET_CHECK_OK_OR_RETURN_ERROR(allocate_list(bytes, count, sizeof(T), &parts));
    const bool optional = tag == Tag::ListOptionalTensor;
    for (uint32_t at = 0; at < count; ++at) {
      ET_CHECK_OK_OR_RETURN_ERROR(find_item(items->Get(at), element, optional, &parts.wrapped[at]));
    }
    return set(value, tag, place,
               new (parts.list)
                   BoxedEvalueList<T>(parts.wrapped, static_cast<T*>(parts.unwrapped), static_cast<int>(count)));
  }

  struct ListParts {
    void* list;
    EValue** wrapped;
    void* unwrapped;
  };

  ET_NOINLINE Error allocate_list(size_t bytes, size_t count, size_t element, ListParts* parts) {
    // The file has more than these bytes for each element, and fits memory: the product cannot wrap around.
    parts->list = allocator_->allocate(bytes, alignof(void*));
    parts->wrapped = static_cast<EValue**>(allocator_->allocate(count * sizeof(EValue*), alignof(EValue*)));
    parts->unwrapped = allocator_->allocate(count * element, alignof(int64_t));
    if (parts->list == nullptr || parts->wrapped == nullptr || parts->unwrapped == nullptr) {
      return Error::MemoryAllocationFailed;
    }
    // Elements are assigned to when the list is read: to optional tensors that are none until then.
    std::memset(parts->unwrapped, 0, count * element);
    return Error::Ok;
  }

  // Stores the value that an item of a list names; null for the -1 that stands for none where that may be.
  ET_NOINLINE Error find_item(int64_t index, KernelTypes element, bool optional, EValue** item) {
    *item = nullptr;
    if (optional && index == -1) return Error::Ok;
    ET_CHECK_OR_RETURN_ERROR(
        is_index(index, values_.size()) && plan_->values()->Get(static_cast<uint32_t>(index))->val_type() == element,
        InvalidProgram, "An item of a list must name one of %zu values, of its type, not %" PRId64, values_.size(),
        index);
    *item = &values_[static_cast<size_t>(index)];
    return Error::Ok;
  }

  const schema::ExecutionPlan* plan_;
  Span<EValue> values_;
  MemoryAllocator* allocator_;
  deserialization::TensorParser* tensors_;
};

}  // namespace

Error Method::parse_values(const NamedDataMap* named_data_map) {
  MemoryAllocator* allocator = memory_manager_->method_allocator();
  const size_t count = serialization_plan_->values()->size();
  values_ = allocator->allocateList<EValue>(count);
  const size_t inputs = inputs_size();
  input_set_ = allocator->allocateList<bool>(inputs);
  if (values_ == nullptr || input_set_ == nullptr) return Error::MemoryAllocationFailed;
  std::memset(input_set_, 0, inputs);
  deserialization::TensorParser tensors(program_, memory_manager_, named_data_map,
                                        {external_constants_, n_external_constants_});
  ValueParser parser(serialization_plan_, {values_, count}, allocator, &tensors);
  for (n_value_ = 0; n_value_ < count; ++n_value_) {
    ET_CHECK_OK_OR_RETURN_ERROR(parser.parse(n_value_), "Failed parsing value at index %zu", n_value_);
  }
  return Error::Ok;
}

}  // namespace executorch::runtime
