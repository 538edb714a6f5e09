// Elements of any dtype as numbers of the type that a kernel computes in: little code for what is not worth loops of
// its own, which is all but dense floats. Only what is selected is compiled: internal linkage.
//
//     visit_floating(self.scalar_type(), [&](auto zero) {
//       using T = decltype(zero);
//       const Input<T> from(self);
//       const Output<T> to(out);
//       to.set(at, from[at] * from[at]);
//     });

#pragma once

#include "arguments.h"
#include "selection.h"

namespace etbuild::kernels {
namespace {

// The dtypes that are computed in T.
template <typename T>
struct StoredAs {
  using Elements = Integers;
};
template <>
struct StoredAs<float> {
  using Elements = Types<float, Half, BFloat16>;
};
template <>
struct StoredAs<double> {
  using Elements = Types<double>;
};

template <typename T, typename Element>
T load_element(const void* data, int64_t at) {
  return static_cast<T>(static_cast<const Element*>(data)[at]);
}

template <typename T, typename Element>
void store_element(void* data, int64_t at, T value) {
  static_cast<Element*>(data)[at] = static_cast<Element>(value);
}

// Elements to read, of a tensor of one of the dtypes that are computed in T.
template <typename T>
class Input {
 public:
  explicit Input(const Tensor& tensor) : data_(tensor.const_data_ptr()) {
    visit(tensor.scalar_type(), typename StoredAs<T>::Elements(),
          [&](auto element) { load_ = load_element<T, decltype(element)>; });
  }
  explicit Input(const Tensor* tensor) : Input(tensor == nullptr ? Input() : Input(*tensor)) {}

  bool exists() const { return data_ != nullptr; }
  T operator[](int64_t offset) const { return load_(data_, offset); }

 private:
  Input() = default;

  const void* data_ = nullptr;
  T (*load_)(const void*, int64_t) = load_element<T, T>;
};

// Elements to write.
template <typename T>
class Output {
 public:
  explicit Output(Tensor& tensor) : data_(tensor.mutable_data_ptr()) {
    visit(tensor.scalar_type(), typename StoredAs<T>::Elements(), [&](auto element) {
      load_ = load_element<T, decltype(element)>;
      store_ = store_element<T, decltype(element)>;
    });
  }

  T operator[](int64_t offset) const { return load_(data_, offset); }
  void set(int64_t offset, T value) const { store_(data_, offset, value); }

 private:
  void* data_;
  T (*load_)(const void*, int64_t) = load_element<T, T>;
  void (*store_)(void*, int64_t, T) = store_element<T, T>;
};

// Hands `visitor` a zero of what elements of that dtype are computed in: float or double. False if it is neither, or
// not selected.
template <typename Visitor>
bool visit_floating(ScalarType type, const Visitor& visitor) {
  return is_floating(type) && visit(computed_in(type), Floats(), visitor);
}

constexpr bool kSelectsIntegers = kEverything || (kDtypes & 0x1F) != 0;

// As visit_floating; whole numbers are computed in int64_t.
template <typename Visitor>
bool visit_real(ScalarType type, const Visitor& visitor) {
  if constexpr (kSelectsIntegers) {
    if (is_integer(type)) {
      visitor(int64_t{0});
      return true;
    }
  }
  return visit_floating(type, visitor);
}

// As visit_real, but for Float: where dense floats have code of their own.
template <typename Visitor>
bool visit_real_but_float(ScalarType type, const Visitor& visitor) {
  if constexpr (kEverything || is_called_with(ScalarType::Half) || is_called_with(ScalarType::BFloat16)) {
    if (is_floating(type) && type != ScalarType::Double && type != ScalarType::Float) {
      visitor(0.0F);
      return true;
    }
  }
  if constexpr (kSelectsIntegers || is_selected(ScalarType::Double)) {
    return type != ScalarType::Float && visit_real(type, visitor);
  }
  return false;
}

// Says that the kernel does not compute in a dtype, if it is not `served`.
inline bool expect_served(KernelRuntimeContext& context, bool served) {
  return served || refuse(context, Error::NotSupported);
}

}  // namespace
}  // namespace etbuild::kernels
