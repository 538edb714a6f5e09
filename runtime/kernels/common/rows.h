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

#include <cstring>

#include "pointwise.h"
#include "selection.h"

namespace etbuild::kernels {
namespace {

// An operation without numbers of its own.
struct Plain {
  explicit Plain(const Number* /*numbers*/) {}
};

// Calls with where blocks of a row begin, and their sizes: kBlock for all but the last, known when compiled, so that
// compilers make vectors of a block without having to be asked for more than usual optimization.
template <typename Compute>
void by_blocks(int64_t count, const Compute& compute) {
  int64_t at = 0;
#ifndef __OPTIMIZE_SIZE__
  constexpr int64_t kBlock = 16;
  for (; at + kBlock <= count; at += kBlock) compute(at, std::integral_constant<int64_t, kBlock>());
#endif
  for (; at < count; ++at) compute(at, std::integral_constant<int64_t, 1>());
}

// A block of elements, read at once: what is written then may lie where it was read.
template <typename Element, int64_t kSize>
struct Block {
  explicit Block(const Element* from) { std::memcpy(of, from, sizeof(of)); }
  Element of[kSize];
};

template <template <typename> class Operation, typename Element>
void compute_unary(const void* const* inputs, void* out, int64_t count, const void* parameters) {
  const Operation<Element> operation(static_cast<const Number*>(parameters));
  using Result = decltype(operation(Element()));
  const auto* from = static_cast<const Element*>(inputs[0]);
  auto* to = static_cast<Result*>(out);
  by_blocks(count, [=](int64_t at, auto size) {
    const Block<Element, size> block(from + at);
    for (int64_t each = 0; each < size; ++each) to[at + each] = operation(block.of[each]);
  });
}

template <template <typename> class Operation, typename Element>
void compute_binary(const void* const* inputs, void* out, int64_t count, const void* parameters) {
  const Operation<Element> operation(static_cast<const Number*>(parameters));
  using Result = decltype(operation(Element(), Element()));
  const auto* left = static_cast<const Element*>(inputs[0]);
  const auto* right = static_cast<const Element*>(inputs[1]);
  auto* to = static_cast<Result*>(out);
  by_blocks(count, [=](int64_t at, auto size) {
    const Block<Element, size> first(left + at);
    const Block<Element, size> second(right + at);
    for (int64_t each = 0; each < size; ++each) to[at + each] = operation(first.of[each], second.of[each]);
  });
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

// Rows of floats that runtime/kernels/math has; other dtypes by an operation.
template <void (*kFloats)(const float*, float*, ptrdiff_t)>
void compute_floats(const void* const* inputs, void* out, int64_t count, const void* /*parameters*/) {
  kFloats(static_cast<const float*>(inputs[0]), static_cast<float*>(out), static_cast<ptrdiff_t>(count));
}

template <template <typename> class Operation, void (*kFloats)(const float*, float*, ptrdiff_t)>
Row float_row(ScalarType type) {
  if (is_selected(ScalarType::Float) && type == ScalarType::Float) return compute_floats<kFloats>;
  Row row = nullptr;
  visit(type, Types<double>(), [&](auto element) { row = compute_unary<Operation, decltype(element)>; });
  return row;
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
