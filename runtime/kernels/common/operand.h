// What an elementwise kernel reads: a tensor, or a number that stands for one without dimensions.

#pragma once

#include "arguments.h"
#include "dtypes.h"

namespace etbuild::kernels {

// A number as a kernel's argument has it: whole, floating or bool.
struct Number {
  Number() : Number(int64_t{0}) {}
  explicit Number(const EValue& value);
  explicit Number(double value) : type(ScalarType::Double), floating(value) {}
  explicit Number(int64_t value) : type(ScalarType::Long), whole(value) {}

  // Converted as C does; to bool: whether it is not zero.
  template <typename Element>
  Element as() const {
    if constexpr (std::is_same_v<Element, bool>) {
      return type == ScalarType::Double ? floating != 0.0 : whole != 0;
    } else if constexpr (is_complex(dtype_of<Element>())) {
      return Element(as<typename Element::value_type>());
    } else {
      return type == ScalarType::Double ? static_cast<Element>(floating) : static_cast<Element>(whole);
    }
  }

  ScalarType type;  // Double, Long or Bool.
  union {
    double floating;
    int64_t whole;  // Of a bool, too.
  };
};

struct Operand {
  Operand() = default;
  explicit Operand(const Tensor& from) : tensor(&from), data(from.const_data_ptr()), type(from.scalar_type()) {}
  // The number has to live as long.
  explicit Operand(const Number& number)
      : tensor(nullptr),
        data(&number.floating),
        type(number.type == ScalarType::Bool ? ScalarType::Long : number.type),
        kind(number.type) {}

  size_t rank() const { return tensor == nullptr ? 0 : static_cast<size_t>(tensor->dim()); }

  const Tensor* tensor = nullptr;  // Null: a number.
  const void* data = nullptr;
  ScalarType type = ScalarType::Undefined;  // Of the element at `data`.
  ScalarType kind = ScalarType::Undefined;  // Of a number.
};

}  // namespace etbuild::kernels
