// Calls a function that takes arguments as ATen's do with what a program passes. A call never aborts: one with an
// argument of another kind fails with InvalidArgument.

#pragma once

#include <executorch/runtime/core/evalue.h>
#include <executorch/runtime/core/span.h>
#include <executorch/runtime/kernel/kernel_runtime_context.h>

#include <optional>
#include <type_traits>
#include <utility>

namespace etbuild::boxed {

using executorch::aten::ArrayRef;
using executorch::aten::MemoryFormat;
using executorch::aten::Scalar;
using executorch::aten::ScalarType;
using executorch::aten::Tensor;
using executorch::runtime::Error;
using executorch::runtime::EValue;
using executorch::runtime::KernelRuntimeContext;
using executorch::runtime::Span;
using std::optional;
using std::string_view;

// Whether a value is a `T`, and the value as one. Only of what `is` says may be asked for.
template <typename T>
struct Argument;

// Which number a number is may change while a program runs.
template <typename T>
struct NumberArgument {
  static bool is(const EValue& value) { return value.isScalar(); }
  static T of(const EValue& value) {
    if (value.isDouble()) return static_cast<T>(value.toDouble());
    return static_cast<T>(value.isInt() ? value.toInt() : static_cast<int64_t>(value.toBool()));
  }
};

template <>
struct Argument<int64_t> : NumberArgument<int64_t> {};
template <>
struct Argument<double> : NumberArgument<double> {};
template <>
struct Argument<bool> : NumberArgument<bool> {};

template <>
struct Argument<ScalarType> : NumberArgument<int64_t> {
  static ScalarType of(const EValue& value) { return static_cast<ScalarType>(NumberArgument::of(value)); }
};

template <>
struct Argument<MemoryFormat> : NumberArgument<int64_t> {
  static MemoryFormat of(const EValue& value) { return static_cast<MemoryFormat>(NumberArgument::of(value)); }
};

template <>
struct Argument<Scalar> {
  static bool is(const EValue& value) { return value.isScalar(); }
  static Scalar of(const EValue& value) { return value.toScalar(); }
};

template <>
struct Argument<string_view> {
  static bool is(const EValue& value) { return value.isString(); }
  static string_view of(const EValue& value) { return value.toString(); }
};

template <>
struct Argument<Tensor> {
  static bool is(const EValue& value) { return value.isTensor(); }
  static Tensor& of(EValue& value) { return value.toTensor(); }
};

template <>
struct Argument<ArrayRef<int64_t>> {
  static bool is(const EValue& value) { return value.isIntList(); }
  static ArrayRef<int64_t> of(const EValue& value) { return value.toIntList(); }
};

template <>
struct Argument<ArrayRef<double>> {
  static bool is(const EValue& value) { return value.isDoubleList(); }
  static ArrayRef<double> of(const EValue& value) { return value.toDoubleList(); }
};

template <>
struct Argument<ArrayRef<bool>> {
  static bool is(const EValue& value) { return value.isBoolList(); }
  static ArrayRef<bool> of(const EValue& value) { return value.toBoolList(); }
};

template <>
struct Argument<ArrayRef<Tensor>> {
  static bool is(const EValue& value) { return value.isTensorList(); }
  static ArrayRef<Tensor> of(const EValue& value) { return value.toTensorList(); }
};

template <>
struct Argument<ArrayRef<optional<Tensor>>> {
  static bool is(const EValue& value) { return value.isListOptionalTensor(); }
  static ArrayRef<optional<Tensor>> of(const EValue& value) { return value.toListOptionalTensor(); }
};

template <typename T>
struct Argument<optional<T>> {
  static bool is(const EValue& value) { return value.isNone() || Argument<T>::is(value); }
  static optional<T> of(EValue& value) { return value.isNone() ? optional<T>() : optional<T>(Argument<T>::of(value)); }
};

// The types of a schema's arguments.
template <typename... T>
struct Types {};

template <typename Function>
struct Kernel;

// A function with a context, which can fail a call.
template <typename Result, typename... Parameters>
struct Kernel<Result (*)(KernelRuntimeContext&, Parameters...)> {
  using Arguments = Types<std::decay_t<Parameters>...>;
  using Each = std::index_sequence_for<Parameters...>;

  template <typename Function, size_t... At>
  static void call(Function function, KernelRuntimeContext& context, Span<EValue*> values,
                   std::index_sequence<At...> /*each*/) {
    if (values.size() < sizeof...(At) || !(Argument<std::decay_t<Parameters>>::is(*values[At]) && ...)) {
      return context.fail(Error::InvalidArgument);
    }
    function(context, Argument<std::decay_t<Parameters>>::of(*values[At])...);
  }
};

// One without.
template <typename Result, typename... Parameters>
struct Kernel<Result (*)(Parameters...)> {
  using Arguments = Types<std::decay_t<Parameters>...>;
  using Each = std::index_sequence_for<Parameters...>;

  template <typename Function, size_t... At>
  static void call(Function function, KernelRuntimeContext& context, Span<EValue*> values,
                   std::index_sequence<At...> each) {
    const auto with_context = [function](KernelRuntimeContext& /*context*/, Parameters... arguments) {
      function(arguments...);
    };
    Kernel<Result (*)(KernelRuntimeContext&, Parameters...)>::call(with_context, context, values, each);
  }
};

// `Schema` are the Types of what a kernel must take.
template <typename Schema, typename Function>
constexpr bool takes(Function /*function*/) {
  return std::is_same_v<typename Kernel<Function>::Arguments, Schema>;
}

template <typename Schema, typename Function>
void call(Function function, KernelRuntimeContext& context, Span<EValue*> values) {
  // The compiler's message names both.
  static_assert(std::is_same_v<typename Kernel<Function>::Arguments, Schema>, "the kernel differs from its schema");
  Kernel<Function>::call(function, context, values, typename Kernel<Function>::Each{});
}

}  // namespace etbuild::boxed
