// Rows for pointwise(), made of an operation on single elements. Only what is selected is compiled: internal linkage.
//
//     template <typename T>
//     struct Add {
//       explicit Add(const Number* numbers) : alpha(numbers[0].as<T>()) {}
//       T operator()(T self, T other) const { return wrapping_add(self, wrapping_multiply(alpha, other)); }
//       T alpha;
//     };
//     pointwise(context, operands, Answer::kSame, binary_row<Add, Reals>, out, &alpha);

#pragma once

#include "pointwise.h"
#include "selection.h"

namespace etbuild::kernels {
namespace {

// An operation without numbers of its own.
struct Plain {
  explicit Plain(const Number* /*numbers*/) {}
};

template <template <typename> class Operation, typename Element>
void compute_unary(const void* const* inputs, void* out, int64_t count, const void* parameters) {
  const Operation<Element> operation(static_cast<const Number*>(parameters));
  using Result = decltype(operation(Element()));
  const auto* from = static_cast<const Element*>(inputs[0]);
  auto* to = static_cast<Result*>(out);
  for (int64_t at = 0; at < count; ++at) to[at] = operation(from[at]);
}

template <template <typename> class Operation, typename Element>
void compute_binary(const void* const* inputs, void* out, int64_t count, const void* parameters) {
  const Operation<Element> operation(static_cast<const Number*>(parameters));
  using Result = decltype(operation(Element(), Element()));
  const auto* left = static_cast<const Element*>(inputs[0]);
  const auto* right = static_cast<const Element*>(inputs[1]);
  auto* to = static_cast<Result*>(out);
  for (int64_t at = 0; at < count; ++at) to[at] = operation(left[at], right[at]);
}

template <template <typename> class Operation, typename Element>
void compute_ternary(const void* const* inputs, void* out, int64_t count, const void* parameters) {
  const Operation<Element> operation(static_cast<const Number*>(parameters));
  using Result = decltype(operation(Element(), Element(), Element()));
  const auto* first = static_cast<const Element*>(inputs[0]);
  const auto* second = static_cast<const Element*>(inputs[1]);
  const auto* third = static_cast<const Element*>(inputs[2]);
  auto* to = static_cast<Result*>(out);
  for (int64_t at = 0; at < count; ++at) to[at] = operation(first[at], second[at], third[at]);
}

// The row of an operation for a listed dtype, or null. The parameters of the call are a Number[].
template <template <typename> class Operation, typename Elements>
Row unary_row(ScalarType type) {
  Row row = nullptr;
  visit(type, Elements(), [&](auto element) { row = compute_unary<Operation, decltype(element)>; });
  return row;
}

template <template <typename> class Operation, typename Elements>
Row binary_row(ScalarType type) {
  Row row = nullptr;
  visit(type, Elements(), [&](auto element) { row = compute_binary<Operation, decltype(element)>; });
  return row;
}

// Of comparisons. With numbers, these can be done in dtypes that the program has no tensors of.
template <template <typename> class Operation>
Row comparison_row(ScalarType type) {
  if (type == ScalarType::Long) return compute_binary<Operation, int64_t>;
  if (type == ScalarType::Float) return compute_binary<Operation, float>;
  return binary_row<Operation, RealsAndBool>(type);
}

template <template <typename> class Operation, typename Elements>
Row ternary_row(ScalarType type) {
  Row row = nullptr;
  visit(type, Elements(), [&](auto element) { row = compute_ternary<Operation, decltype(element)>; });
  return row;
}

}  // namespace
}  // namespace etbuild::kernels
