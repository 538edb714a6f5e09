#include "arguments.h"

#include <executorch/runtime/platform/log.h>

#include <cstring>

namespace etbuild::kernels {
namespace {

using executorch::runtime::Tag;

constexpr uint16_t bit(Tag tag) { return static_cast<uint16_t>(1U << static_cast<unsigned>(tag)); }

constexpr uint16_t kinds_of_small(char letter) {
  constexpr uint16_t kNumber = bit(Tag::Int) | bit(Tag::Double) | bit(Tag::Bool);
  switch (letter) {
    case 't':
      return bit(Tag::Tensor);
    case 'o':
      return bit(Tag::Tensor) | bit(Tag::None);
    case 'i':
      return bit(Tag::Int) | bit(Tag::Bool);
    case 'd':
    case 'b':
    case 's':
      return kNumber;
    case 'z':
      return bit(Tag::String);
    case 'l':
      return bit(Tag::ListInt);
    case 'e':
      return bit(Tag::ListDouble);
    case 'c':
      return bit(Tag::ListBool);
    case 'T':
      return bit(Tag::ListTensor);
    case 'O':
      return bit(Tag::ListOptionalTensor);
    default:
      return 0;
  }
}

// Of each letter, from * to z: the kinds of values that it stands for.
struct Kinds {
  static constexpr char kFirst = '*';

  constexpr Kinds() {
    for (char letter = kFirst; letter <= 'z'; ++letter) {
      uint16_t kinds = kinds_of_small(letter);
      if (letter == '*') kinds = 0xFFFF;
      if (kinds == 0 && letter >= 'A' && letter <= 'Z') {
        kinds = static_cast<uint16_t>(kinds_of_small(static_cast<char>(letter - 'A' + 'a')) | bit(Tag::None));
      }
      of[letter - kFirst] = kinds;
    }
  }

  uint16_t of['z' - kFirst + 1] = {};
};

constexpr Kinds kKinds;

}  // namespace

bool refuse(KernelRuntimeContext& context, Error error) {
  context.fail(error);
  return false;
}

size_t count_arguments(KernelRuntimeContext& context, Arguments arguments, const char* letters) {
  size_t index = 0;
  for (; letters[index] != '\0'; ++index) {
    if (index >= arguments.size()) {
      ET_LOG(Error, "A kernel takes more arguments than the %zu that it was given", arguments.size());
      context.fail(Error::InvalidArgument);
      return 0;
    }
    const auto tag = static_cast<unsigned>(arguments[index]->tag);
    if (((kKinds.of[letters[index] - Kinds::kFirst] >> tag) & 1U) == 0) {
      ET_LOG(Error, "Argument %zu must be '%c', is of kind %u", index, letters[index], tag);
      context.fail(Error::InvalidArgument);
      return 0;
    }
  }
  return index;
}

int64_t integer(const EValue& value) {
  const auto& payload = value.payload.copyable_union;
  if (value.tag == Tag::Int) return payload.as_int;
  if (value.tag == Tag::Bool) return payload.as_bool ? 1 : 0;
  constexpr double kLimit = 9223372036854775808.0;
  const bool fits = payload.as_double >= -kLimit && payload.as_double < kLimit;
  return fits ? static_cast<int64_t>(payload.as_double) : INT64_MIN;
}

double real(const EValue& value) {
  return value.tag == Tag::Double ? value.payload.copyable_union.as_double : static_cast<double>(integer(value));
}

bool boolean(const EValue& value) {
  return value.tag == Tag::Double ? value.payload.copyable_union.as_double != 0.0 : integer(value) != 0;
}

ArrayRef<int64_t> integers(Arguments arguments, size_t index) {
  if (is_none(arguments, index)) return {};
  const auto list = arguments[index]->payload.copyable_union.as_int_list_ptr->tryGet();
  return list.ok() ? *list : ArrayRef<int64_t>();
}

bool is_text(Arguments arguments, size_t index, const char* text) {
  if (is_none(arguments, index)) return false;
  const auto* string = arguments[index]->payload.copyable_union.as_string_ptr;
  if (string == nullptr || string->size() != std::strlen(text)) return false;
  return std::memcmp(string->data(), text, string->size()) == 0;
}

ArrayRef<Tensor> tensors(Arguments arguments, size_t index) {
  const auto list = arguments[index]->payload.copyable_union.as_tensor_list_ptr->tryGet();
  return list.ok() ? *list : ArrayRef<Tensor>();
}

ArrayRef<std::optional<Tensor>> optional_tensors(Arguments arguments, size_t index) {
  const auto list = arguments[index]->payload.copyable_union.as_list_optional_tensor_ptr->tryGet();
  return list.ok() ? *list : ArrayRef<std::optional<Tensor>>();
}

ArrayRef<double> reals(Arguments arguments, size_t index) {
  if (is_none(arguments, index)) return {};
  const auto* list = arguments[index]->payload.copyable_union.as_double_list_ptr;
  return list == nullptr ? ArrayRef<double>() : *list;
}

ArrayRef<bool> booleans(Arguments arguments, size_t index) {
  if (is_none(arguments, index)) return {};
  const auto* list = arguments[index]->payload.copyable_union.as_bool_list_ptr;
  return list == nullptr ? ArrayRef<bool>() : *list;
}

ScalarType dtype(Arguments arguments, size_t index, ScalarType fallback) {
  return is_none(arguments, index) ? fallback : static_cast<ScalarType>(integer(arguments, index));
}

}  // namespace etbuild::kernels
