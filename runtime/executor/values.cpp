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

  // What a list of any kind needs in memory.
  struct ListParts {
    void* list;
    EValue** wrapped;
    void* unwrapped;
    size_t count;
  };

  // A list whose items are indices of values.
  template <typename T, typename Index>
  Error parse_list(KernelTypes element, const flatbuffers::Vector<Index, uint32_t>* items, Tag tag,
                   BoxedEvalueList<T>** place, EValue* value) {
    static_assert(sizeof(BoxedEvalueList<T>) == sizeof(BoxedEvalueList<int64_t>),
                  "lists differ in their pointers only");
    ListParts parts{};
    ET_CHECK_OK_OR_RETURN_ERROR(parse_items(items, sizeof(Index), element, sizeof(T), &parts));
    return set(value, tag, place,
               new (parts.list)
                   BoxedEvalueList<T>(parts.wrapped, static_cast<T*>(parts.unwrapped), static_cast<int>(parts.count)));
  }

  // Allocates the parts and finds the values that the items name; -1 stands for none in a list of optional tensors.
  ET_NOINLINE Error parse_items(const void* items, size_t index_bytes, KernelTypes element, size_t element_bytes,
                                ListParts* parts) {
    const auto* narrow = static_cast<const flatbuffers::Vector<int32_t, uint32_t>*>(items);
    const auto* wide = static_cast<const flatbuffers::Vector<int64_t, uint32_t>*>(items);
    const uint32_t count = narrow->size();
    // The file has an index for each element, and fits memory: the products cannot wrap around.
    parts->count = count;
    parts->list = allocator_->allocate(sizeof(BoxedEvalueList<int64_t>), alignof(void*));
    parts->wrapped = static_cast<EValue**>(allocator_->allocate(count * sizeof(EValue*), alignof(EValue*)));
    parts->unwrapped = allocator_->allocate(count * element_bytes, alignof(int64_t));
    if (parts->list == nullptr || parts->wrapped == nullptr || parts->unwrapped == nullptr) {
      return Error::MemoryAllocationFailed;
    }
    // Elements are assigned to when the list is read: to optional tensors that are none until then.
    std::memset(parts->unwrapped, 0, count * element_bytes);
    const bool optional = element_bytes == sizeof(std::optional<aten::Tensor>) && element == KernelTypes::Tensor;
    for (uint32_t at = 0; at < count; ++at) {
      const int64_t given = index_bytes == sizeof(int64_t) ? wide->Get(at) : narrow->Get(at);
      const auto index = static_cast<int32_t>(given);
      parts->wrapped[at] = nullptr;
      if (optional && index == -1) continue;
      ET_CHECK_OR_RETURN_ERROR(index == given && is_index(index, values_.size()) &&
                                   plan_->values()->Get(static_cast<uint32_t>(index))->val_type() == element,
                               InvalidProgram,
                               "An item of a list must name one of %zu values, of its type, not %" PRId64,
                               values_.size(), given);
      parts->wrapped[at] = &values_[static_cast<size_t>(index)];
    }
    return Error::Ok;
  }

  const schema::ExecutionPlan* plan_;
  Span<EValue> values_;
  MemoryAllocator* allocator_;
  deserialization::TensorParser* tensors_;
};

}  // namespace

Result<size_t> Method::get_num_external_constants() {
  size_t count = 0;
  for (const auto* value : *serialization_plan_->values()) {
    if (value->val_type() != KernelTypes::Tensor) continue;
    const auto* tensor = static_cast<const schema::Tensor*>(value->val());
    // With a place of its own, it is a variable that only begins with that data.
    count += internal::is_external(tensor) && tensor->allocation_info() == nullptr ? 1 : 0;
  }
  return count;
}

Error Method::parse_values(const NamedDataMap* named_data_map) {
  MemoryAllocator* allocator = memory_manager_->method_allocator();
  const size_t count = serialization_plan_->values()->size();
  values_ = allocator->allocateList<EValue>(count);
  const size_t inputs = inputs_size();
  input_set_ = allocator->allocateList<bool>(inputs);
  if (values_ == nullptr || input_set_ == nullptr) return Error::MemoryAllocationFailed;
  std::memset(input_set_, 0, inputs);
  external_constants_ = allocator->allocateList<NamedData>(*get_num_external_constants());
  if (external_constants_ == nullptr) return Error::MemoryAllocationFailed;
  deserialization::TensorParser tensors(program_, memory_manager_, named_data_map, external_constants_,
                                        &n_external_constants_);
  ValueParser parser(serialization_plan_, {values_, count}, allocator, &tensors);
  for (n_value_ = 0; n_value_ < count; ++n_value_) {
    ET_CHECK_OK_OR_RETURN_ERROR(parser.parse(n_value_), "Failed parsing value at index %zu", n_value_);
  }
  return Error::Ok;
}

}  // namespace executorch::runtime
