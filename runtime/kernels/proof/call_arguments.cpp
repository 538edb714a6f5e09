#include "call_arguments.h"

#include <cstdlib>
#include <cstring>
#include <optional>

namespace etbuild::proof {

using executorch::aten::ArrayRef;
using executorch::aten::ScalarType;
using executorch::aten::Tensor;
using executorch::aten::TensorImpl;
using executorch::runtime::BoxedEvalueList;
using executorch::runtime::EValue;
using executorch::runtime::TensorShapeDynamism;

namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr size_t kCanary = 0;  // The sanitizer looks itself.
#else
constexpr size_t kCanary = 64;
#endif
constexpr uint8_t kCanaryByte = 0xC5;
constexpr uint8_t kNoise = 0x5A;

std::vector<int32_t> strides_of(const RecordedTensor& recorded) {
  std::vector<int32_t> strides(recorded.sizes.size());
  int32_t stride = 1;
  for (size_t i = recorded.dim_order.size(); i-- > 0;) {
    const size_t dim = recorded.dim_order[i];
    strides[dim] = stride;
    stride *= recorded.sizes[dim] > 0 ? recorded.sizes[dim] : 1;
  }
  return strides;
}

size_t bytes_of(const RecordedTensor& recorded) {
  size_t bytes = element_bytes(recorded.dtype);
  for (int32_t size : recorded.sizes) bytes *= static_cast<size_t>(size);
  return bytes;
}

}  // namespace

GuardedTensor::GuardedTensor(const RecordedTensor& recorded)
    : recorded_(recorded),
      sizes_(recorded.sizes),
      dim_order_(recorded.dim_order),
      strides_(strides_of(recorded)),
      bytes_(bytes_of(recorded)),
      memory_(static_cast<uint8_t*>(std::malloc(bytes_ + 2 * kCanary))),
      data_(memory_ + kCanary),
      impl_(static_cast<ScalarType>(recorded.dtype), static_cast<ssize_t>(sizes_.size()), sizes_.data(), data_,
            dim_order_.data(), strides_.data(), static_cast<TensorShapeDynamism>(recorded.dynamism)) {
  if (memory_ == nullptr) std::abort();
  std::memset(memory_, kCanaryByte, kCanary);
  std::memset(data_ + bytes_, kCanaryByte, kCanary);
  if (!recorded.has_content) {
    std::memset(data_, recorded.dtype == static_cast<int>(ScalarType::Bool) ? 1 : kNoise, bytes_);
  } else if (bytes_ != 0) {
    std::memcpy(data_, recorded.content, recorded.content_bytes < bytes_ ? recorded.content_bytes : bytes_);
  }
}

GuardedTensor::~GuardedTensor() { std::free(memory_); }

bool GuardedTensor::is_intact() const {
  for (size_t i = 0; i < kCanary; ++i) {
    if (memory_[i] != kCanaryByte || data_[bytes_ + i] != kCanaryByte) return false;
  }
  return recorded_.is_output || bytes_ == 0 || std::memcmp(data_, recorded_.content, bytes_) == 0;
}

// Memory that a list refers to. Lists know their elements by address, also where there are none.
struct CallArguments::List {
  explicit List(size_t most) {
    values.reserve(most + 1);
    pointers.reserve(most + 1);
    integers.resize(most + 1);
    tensors.reserve(most + 1);
    optional_tensors.resize(most + 1);
    bools.reset(new bool[most + 1]);
  }

  void add(const EValue& value) {
    values.push_back(value);
    pointers.push_back(&values.back());
  }

  std::vector<EValue> values;
  std::vector<EValue*> pointers;
  std::vector<int64_t> integers;
  std::vector<Tensor> tensors;
  std::vector<std::optional<Tensor>> optional_tensors;
  std::unique_ptr<bool[]> bools;
  ArrayRef<char> text;
  ArrayRef<double> numbers;
  ArrayRef<bool> truths;
  BoxedEvalueList<int64_t> boxed_integers;
  BoxedEvalueList<Tensor> boxed_tensors;
  BoxedEvalueList<std::optional<Tensor>> boxed_optional_tensors;
};

CallArguments::CallArguments(const RecordedCall& call) {
  for (const RecordedArgument& argument : call.arguments) {
    const std::vector<int64_t>& returned = argument.integers;
    if (argument.kind == Kind::kReturned && returned.size() == 1) {
      pointers_.push_back(pointers_[static_cast<size_t>(returned[0])]);
    } else {
      values_.push_back(std::make_unique<EValue>(value_of(argument)));
      pointers_.push_back(values_.back().get());
    }
  }
}

CallArguments::~CallArguments() = default;

Tensor CallArguments::tensor_of(const RecordedTensor& recorded) {
  tensors_.push_back(std::make_unique<GuardedTensor>(recorded));
  return tensors_.back()->tensor();
}

EValue CallArguments::value_of(const RecordedArgument& argument) {
  switch (argument.kind) {
    case Kind::kNone:
      return EValue();
    case Kind::kInt:
      return EValue(argument.integer);
    case Kind::kDouble:
      return EValue(argument.number);
    case Kind::kBool:
      return EValue(argument.integer != 0);
    case Kind::kTensor:
      return EValue(tensor_of(argument.tensor));
    default:
      return list_of(argument);
  }
}

EValue CallArguments::list_of(const RecordedArgument& argument) {
  const std::vector<int64_t>& integers = argument.integers;
  const std::vector<RecordedArgument>& elements = argument.elements;
  lists_.push_back(std::make_unique<List>(integers.size() + elements.size()));
  List& list = *lists_.back();
  switch (argument.kind) {
    case Kind::kString:
      list.text = ArrayRef<char>(argument.text.data(), argument.text.size());
      return EValue(&list.text);
    case Kind::kInts:
      for (int64_t integer : integers) list.add(EValue(integer));
      list.boxed_integers = {list.pointers.data(), list.integers.data(), static_cast<int>(integers.size())};
      return EValue(&list.boxed_integers);
    case Kind::kDoubles:
      list.numbers = ArrayRef<double>(argument.numbers.data(), argument.numbers.size());
      return EValue(&list.numbers);
    case Kind::kBools:
      for (size_t i = 0; i < integers.size(); ++i) list.bools[i] = integers[i] != 0;
      list.truths = ArrayRef<bool>(list.bools.get(), integers.size());
      return EValue(&list.truths);
    case Kind::kTensors:
      for (const RecordedArgument& element : elements) {
        list.tensors.push_back(tensor_of(element.tensor));
        list.add(EValue(list.tensors.back()));
      }
      list.boxed_tensors = {list.pointers.data(), list.tensors.data(), static_cast<int>(elements.size())};
      return EValue(&list.boxed_tensors);
    case Kind::kReturned:
      for (int64_t position : integers) {
        const EValue& output = *pointers_[static_cast<size_t>(position)];
        if (!output.isTensor()) continue;
        list.tensors.push_back(output.toTensor());
        list.add(output);
      }
      list.boxed_tensors = {list.pointers.data(), list.tensors.data(), static_cast<int>(list.pointers.size())};
      return EValue(&list.boxed_tensors);
    default:
      for (const RecordedArgument& element : elements) {
        if (element.kind == Kind::kTensor) {
          list.add(EValue(tensor_of(element.tensor)));
        } else {
          list.pointers.push_back(nullptr);
        }
      }
      list.boxed_optional_tensors = {list.pointers.data(), list.optional_tensors.data(),
                                     static_cast<int>(elements.size())};
      return EValue(&list.boxed_optional_tensors);
  }
}

}  // namespace etbuild::proof
