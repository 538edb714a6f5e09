// What prim operators make of their arguments, on every platform. prim_ops_comparison_test.cpp holds them against the
// official library.

#include "prim_ops.h"

#include <executorch/runtime/core/exec_aten/util/tensor_util.h>

#include <cmath>
#include <cstring>
#include <initializer_list>

#include "check.h"
#include "kernel_signatures.h"
#include "prim_kernels.h"

namespace {

using executorch::runtime::ArrayRef;
using executorch::runtime::BoxedEvalueList;
using executorch::runtime::Error;
using executorch::runtime::EValue;
using executorch::runtime::Kernel;
using executorch::runtime::KernelRuntimeContext;
using executorch::runtime::OpFunction;
using executorch::runtime::Span;
using executorch::runtime::TensorShapeDynamism;
using executorch::runtime::etensor::ScalarType;
using executorch::runtime::etensor::Tensor;
using executorch::runtime::etensor::TensorImpl;
namespace prim_ops = executorch::runtime::prim_ops;

// Calls an operator; the last argument is the result.
Error call(OpFunction function, std::initializer_list<EValue*> arguments) {
  EValue* pointers[6];
  size_t count = 0;
  for (EValue* argument : arguments) pointers[count++] = argument;
  KernelRuntimeContext context;
  function(context, Span<EValue*>(pointers, count));
  return context.failure_state();
}

template <typename First>
Error unary(OpFunction function, First first, EValue& out) {
  EValue a(first);
  return call(function, {&a, &out});
}

template <typename First, typename Second>
Error binary(OpFunction function, First first, Second second, EValue& out) {
  EValue a(first);
  EValue b(second);
  return call(function, {&a, &b, &out});
}

template <typename First, typename Second>
bool gives_int(OpFunction function, First first, Second second, int64_t expected) {
  EValue out;
  return binary(function, first, second, out) == Error::Ok && out.isInt() && out.toInt() == expected;
}

template <typename First, typename Second>
bool gives_double(OpFunction function, First first, Second second, double expected) {
  EValue out;
  return binary(function, first, second, out) == Error::Ok && out.isDouble() && out.toDouble() == expected;
}

template <typename First, typename Second>
bool gives_bool(OpFunction function, First first, Second second, bool expected) {
  EValue out;
  return binary(function, first, second, out) == Error::Ok && out.isBool() && out.toBool() == expected;
}

template <typename First, typename Second>
bool fails(OpFunction function, First first, Second second, Error expected) {
  EValue out(int64_t{77});
  return binary(function, first, second, out) == expected && out.isInt() && out.toInt() == 77;
}

constexpr int64_t kSeven = 7;
constexpr int64_t kZero = 0;
constexpr int64_t kMinusThree = -3;

TEST(ints_give_ints_and_doubles_doubles) {
  CHECK(gives_int(prim_ops::add_Scalar, kSeven, kMinusThree, 4));
  CHECK(gives_double(prim_ops::add_Scalar, kSeven, 2.5, 9.5));
  CHECK(gives_double(prim_ops::sub_Scalar, 2.5, kSeven, -4.5));
  CHECK(gives_double(prim_ops::mul_Scalar, 2.5, -1.5, -3.75));
  CHECK(gives_double(prim_ops::truediv_Scalar, kSeven, int64_t{2}, 3.5));
}

TEST(ints_wrap_around) {
  CHECK(gives_int(prim_ops::add_Scalar, INT64_MAX, int64_t{1}, INT64_MIN));
  CHECK(gives_int(prim_ops::sub_Scalar, INT64_MIN, int64_t{1}, INT64_MAX));
  CHECK(gives_int(prim_ops::mul_Scalar, INT64_MAX, int64_t{2}, -2));
  EValue out;
  CHECK(unary(prim_ops::neg_Scalar, INT64_MIN, out) == Error::Ok && out.toInt() == INT64_MIN);
}

TEST(divisions_round_down_or_towards_zero) {
  CHECK(gives_int(prim_ops::floordiv_Scalar, kSeven, kMinusThree, -3));
  CHECK(gives_int(prim_ops::floordiv_Scalar, kMinusThree, kSeven, -1));
  CHECK(gives_int(prim_ops::floordiv_int, kSeven, kMinusThree, -2));
  CHECK(gives_int(prim_ops::mod_int, kMinusThree, kSeven, -3));
  CHECK(gives_int(prim_ops::mod_int, kSeven, kMinusThree, 1));
  CHECK(gives_double(prim_ops::floordiv_Scalar, -7.5, 2.0, -4));
  CHECK(gives_double(prim_ops::floordiv_Scalar, 1.0, 0.1, 9));
}

TEST(what_processors_trap_on_is_an_error_or_wraps) {
  for (const OpFunction function : {prim_ops::floordiv_Scalar, prim_ops::floordiv_int, prim_ops::mod_int}) {
    CHECK(fails(function, kSeven, kZero, Error::InvalidArgument));
    CHECK(fails(function, kZero, kZero, Error::InvalidArgument));
  }
  CHECK(gives_int(prim_ops::floordiv_Scalar, INT64_MIN, int64_t{-1}, INT64_MIN));
  CHECK(gives_int(prim_ops::floordiv_int, INT64_MIN, int64_t{-1}, INT64_MIN));
  CHECK(gives_int(prim_ops::mod_int, INT64_MIN, int64_t{-1}, 0));
}

TEST(numbers_compare_with_numbers_and_bools_with_bools) {
  CHECK(gives_bool(prim_ops::eq_Scalar, kSeven, 7.0, true));
  CHECK(gives_bool(prim_ops::lt_Scalar, kMinusThree, 2.5, true));
  CHECK(gives_bool(prim_ops::ge_Scalar, kSeven, kSeven, true));
  CHECK(gives_bool(prim_ops::le_Scalar, kSeven, kMinusThree, false));
  CHECK(gives_bool(prim_ops::gt_Scalar, true, false, true));
  CHECK(gives_bool(prim_ops::eq_Scalar, __builtin_nan(""), __builtin_nan(""), false));
  CHECK(gives_bool(prim_ops::le_Scalar, 1.0, __builtin_nan(""), false));
  CHECK(gives_bool(prim_ops::eq_Scalar, -0.0, 0.0, true));
  CHECK(fails(prim_ops::eq_Scalar, true, kSeven, Error::InvalidType));
}

TEST(the_largest_and_the_least_are_of_ints) {
  CHECK(gives_int(prim_ops::sym_max_Scalar, kSeven, kMinusThree, 7));
  CHECK(gives_int(prim_ops::sym_min_Scalar, kSeven, kMinusThree, -3));
  CHECK(fails(prim_ops::sym_max_Scalar, kSeven, 2.5, Error::InvalidType));
}

TEST(doubles_become_ints_in_four_ways) {
  struct Case {
    double value;
    int64_t up, nearest, truncated;
  };
  for (const Case& each : {Case{2.5, 3, 2, 2}, Case{3.5, 4, 4, 3}, Case{-2.5, -2, -2, -2}, Case{-0.4, 0, 0, 0},
                           Case{-2.6, -2, -3, -2}, Case{1e300, INT64_MIN, INT64_MIN, INT64_MIN}}) {
    EValue out;
    CHECK(unary(prim_ops::ceil_Scalar, each.value, out) == Error::Ok && out.toInt() == each.up);
    CHECK(unary(prim_ops::round_Scalar, each.value, out) == Error::Ok && out.toInt() == each.nearest);
    CHECK(unary(prim_ops::trunc_Scalar, each.value, out) == Error::Ok && out.toInt() == each.truncated);
    CHECK(unary(prim_ops::sym_int_Scalar, each.value, out) == Error::Ok && out.toInt() == each.truncated);
  }
  EValue out;
  CHECK(unary(prim_ops::ceil_Scalar, kSeven, out) == Error::InvalidType);
  CHECK(unary(prim_ops::sym_int_Scalar, true, out) == Error::Ok && out.toInt() == 1);
  CHECK(unary(prim_ops::sym_float_Scalar, true, out) == Error::Ok && out.toDouble() == 1);
  CHECK(unary(prim_ops::sym_float_Scalar, kSeven, out) == Error::Ok && out.toDouble() == 7);
}

TEST(not_and_a_choice_take_bools) {
  EValue out;
  CHECK(unary(prim_ops::sym_not_Scalar, true, out) == Error::Ok && out.isBool() && !out.toBool());
  CHECK(unary(prim_ops::sym_not_Scalar, kSeven, out) == Error::InvalidType);
  EValue yes(true);
  EValue no(false);
  EValue number(2.5);
  EValue none;
  CHECK(call(prim_ops::sym_ite_Scalar, {&yes, &number, &none, &out}) == Error::Ok && out.toDouble() == 2.5);
  CHECK(call(prim_ops::sym_ite_Scalar, {&no, &number, &yes, &out}) == Error::Ok && out.toBool());
  CHECK(call(prim_ops::sym_ite_Scalar, {&no, &number, &none, &out}) == Error::InvalidType);
  CHECK(call(prim_ops::sym_ite_Scalar, {&number, &number, &number, &out}) == Error::InvalidType);
}

// A float tensor whose memory has room for `bound`.
struct Floats {
  TensorImpl::SizesType sizes[3];
  uint8_t order[3] = {0, 1, 2};
  TensorImpl::StridesType strides[3] = {1, 1, 1};
  float data[24];
  TensorImpl impl;
  EValue value;

  Floats(std::initializer_list<int> bound, TensorShapeDynamism dynamism, ScalarType type = ScalarType::Float)
      : impl(type, fill(bound), sizes, data, order, strides, dynamism), value(Tensor(&impl)) {
    for (int i = 0; i < 24; ++i) data[i] = static_cast<float>(i);
  }

  bool has(std::initializer_list<int> expected) const {
    ssize_t i = 0;
    for (const int size : expected) {
      if (i == impl.dim() || impl.sizes()[static_cast<size_t>(i++)] != size) return false;
    }
    return i == impl.dim();
  }

 private:
  ssize_t fill(std::initializer_list<int> bound) {
    ssize_t count = 0;
    for (const int size : bound) sizes[count++] = size;
    return count;
  }
};

Error view(Floats& self, std::initializer_list<int64_t> sizes, Floats& out) {
  EValue items[4];
  EValue* pointers[4] = {};
  int64_t unwrapped[4];
  int count = 0;
  for (const int64_t size : sizes) {
    items[count] = EValue(size);
    pointers[count] = &items[count];
    ++count;
  }
  BoxedEvalueList<int64_t> list(pointers, unwrapped, count);
  EValue wanted(&list);
  return call(prim_ops::et_view_default, {&self.value, &wanted, &out.value});
}

constexpr TensorShapeDynamism kStatic = TensorShapeDynamism::STATIC;
constexpr TensorShapeDynamism kBounded = TensorShapeDynamism::DYNAMIC_BOUND;

TEST(a_view_has_the_same_data_in_another_shape) {
  Floats self({2, 3}, kStatic);
  Floats out({4, 6}, kBounded);
  CHECK(view(self, {3, 2}, out) == Error::Ok && out.has({3, 2}));
  CHECK(out.impl.data() == self.impl.data());
  CHECK(view(self, {-1, 2}, out) == Error::Ok && out.has({3, 2}));
  CHECK(view(self, {6, -1}, out) == Error::Ok && out.has({6, 1}));
  Floats flat({6}, kStatic);
  CHECK(view(self, {-1}, flat) == Error::Ok && flat.impl.data() == self.impl.data());
}

TEST(sizes_of_a_view_that_cannot_be_are_errors) {
  Floats self({2, 3}, kStatic);
  Floats out({4, 6}, kBounded);
  for (const auto& sizes : std::initializer_list<std::initializer_list<int64_t>>{
           {-1, -1}, {-1, 4}, {-1, 0}, {-2, -3}, {1, 2, 3}, {6}, {5, 1}, {int64_t{1} << 32, 6}, {INT64_MAX, 2}}) {
    const Error error = view(self, sizes, out);
    CHECK(error == Error::InvalidArgument);
  }
  CHECK(out.impl.data() == out.data);
  Floats flat({6}, kStatic);
  CHECK(view(self, {5}, flat) == Error::Internal);
  Floats ints({6}, kStatic, ScalarType::Int);
  CHECK(view(self, {6}, ints) == Error::InvalidArgument);
}

TEST(a_view_cannot_grow_beyond_the_memory_that_it_shares) {
  Floats self({2, 3}, kStatic);
  Floats out({4, 6}, kBounded);
  CHECK(view(self, {6, 1}, out) == Error::Ok);
  const TensorImpl::SizesType larger[] = {7, 1};
  CHECK(executorch::runtime::resize_tensor(Tensor(&out.impl), ArrayRef<TensorImpl::SizesType>(larger, 2)) != Error::Ok);
  Floats large({4, 6}, kStatic);
  CHECK(view(large, {6, 4}, out) == Error::Ok);
}

TEST(views_of_what_is_no_tensor_or_no_list_are_errors) {
  Floats self({2, 3}, kStatic);
  Floats out({6}, kStatic);
  EValue number(kSeven);
  CHECK(call(prim_ops::et_view_default, {&number, &number, &out.value}) == Error::InvalidType);
  CHECK(call(prim_ops::et_view_default, {&self.value, &number, &out.value}) == Error::InvalidType);
  EValue wrong(2.5);
  EValue* items[] = {&wrong};
  int64_t unwrapped[1];
  BoxedEvalueList<int64_t> list(items, unwrapped, 1);
  EValue wanted(&list);
  CHECK(call(prim_ops::et_view_default, {&self.value, &wanted, &out.value}) == Error::InvalidType);
}

TEST(a_row_is_written_at_its_index_and_the_tensor_ends_there) {
  Floats out({4, 3}, kBounded);
  Floats row({3}, kStatic);
  for (int64_t index = 0; index < 4; ++index) {
    for (float& element : row.data) element = static_cast<float>(100 + index);
    EValue at(index);
    CHECK(call(prim_ops::et_copy_index_tensor, {&out.value, &row.value, &at}) == Error::Ok);
    CHECK(out.has({static_cast<int>(index) + 1, 3}));
    CHECK(out.data[index * 3 + 2] == row.data[0]);
  }
  CHECK(out.data[0] == 100 && out.data[12] == 12);
  EValue four(int64_t{4});
  CHECK(call(prim_ops::et_copy_index_tensor, {&out.value, &row.value, &four}) == Error::InvalidState);
}

TEST(rows_that_do_not_fit_are_errors) {
  Floats out({4, 3}, kBounded);
  Floats row({3}, kStatic);
  Floats short_row({2}, kStatic);
  Floats matrix({1, 3}, kStatic);
  Floats ints({3}, kStatic, ScalarType::Int);
  EValue one(int64_t{1});
  for (EValue* wrong : {&short_row.value, &matrix.value, &ints.value}) {
    CHECK(call(prim_ops::et_copy_index_tensor, {&out.value, wrong, &one}) == Error::InvalidArgument);
  }
  for (const int64_t index : {int64_t{-1}, int64_t{1} << 32, INT64_MAX}) {
    EValue at(index);
    CHECK(call(prim_ops::et_copy_index_tensor, {&out.value, &row.value, &at}) == Error::InvalidArgument);
  }
  EValue real(1.0);
  CHECK(call(prim_ops::et_copy_index_tensor, {&out.value, &row.value, &real}) == Error::InvalidType);
  row.impl.set_data(nullptr);
  CHECK(call(prim_ops::et_copy_index_tensor, {&out.value, &row.value, &one}) == Error::InvalidArgument);
}

TEST(sizes_and_elements_are_counted) {
  Floats tensor({2, 3, 4}, kStatic);
  EValue out;
  EValue two(int64_t{2});
  CHECK(call(prim_ops::sym_size_int, {&tensor.value, &two, &out}) == Error::Ok && out.toInt() == 4);
  CHECK(call(prim_ops::sym_numel, {&tensor.value, &out}) == Error::Ok && out.toInt() == 24);
  for (const int64_t dim : {int64_t{3}, int64_t{-1}, int64_t{1} << 32}) {
    EValue wrong(dim);
    CHECK(call(prim_ops::sym_size_int, {&tensor.value, &wrong, &out}) == Error::InvalidArgument);
  }
  CHECK(call(prim_ops::sym_size_int, {&two, &two, &out}) == Error::InvalidType);
  CHECK(call(prim_ops::sym_numel, {&two, &out}) == Error::InvalidType);
}

TEST(an_element_becomes_a_scalar) {
  alignas(8) uint8_t data[8] = {0x81, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
  TensorImpl::SizesType one[] = {1};
  const auto element = [&](ScalarType type, EValue& out) {
    TensorImpl impl(type, 1, one, data);
    return unary(prim_ops::local_scalar_dense, Tensor(&impl), out);
  };
  EValue out;
  CHECK(element(ScalarType::Byte, out) == Error::Ok && out.toInt() == 129);
  CHECK(element(ScalarType::Char, out) == Error::Ok && out.toInt() == -127);
  CHECK(element(ScalarType::Short, out) == Error::Ok && out.toInt() == -127);
  CHECK(element(ScalarType::Int, out) == Error::Ok && out.toInt() == -127);
  CHECK(element(ScalarType::Long, out) == Error::Ok && out.toInt() == -127);
  CHECK(element(ScalarType::Bool, out) == Error::Ok && out.isBool() && out.toBool());
  CHECK(element(ScalarType::Half, out) == Error::InvalidArgument);
  CHECK(element(ScalarType::UInt64, out) == Error::InvalidArgument);
  const float real = 2.5F;
  std::memcpy(data, &real, sizeof(real));
  CHECK(element(ScalarType::Float, out) == Error::Ok && out.toDouble() == 2.5);
  const double large = 1e300;
  std::memcpy(data, &large, sizeof(large));
  CHECK(element(ScalarType::Double, out) == Error::Ok && out.toDouble() == 1e300);

  TensorImpl::SizesType zero[] = {0};
  TensorImpl empty(ScalarType::Long, 1, zero, data);
  CHECK(unary(prim_ops::local_scalar_dense, Tensor(&empty), out) == Error::InvalidArgument);
  TensorImpl missing(ScalarType::Long, 1, one);
  CHECK(unary(prim_ops::local_scalar_dense, Tensor(&missing), out) == Error::InvalidArgument);
}

TEST(each_operator_wants_its_number_of_arguments_and_kinds_that_it_takes) {
  EValue nothing[5];
  EValue* pointers[] = {&nothing[0], &nothing[1], &nothing[2], &nothing[3], &nothing[4]};
  const auto signatures = executorch::runtime::internal::prim_signatures();
  const auto kernels = executorch::runtime::internal::prim_kernels();
  CHECK(kernels.size() == 28 && signatures.size() == 28);
  for (size_t i = 0; i < kernels.size(); ++i) {
    const Kernel& kernel = kernels[i];
    CHECK(std::strcmp(kernel.name_, signatures[i].name) == 0);
    if (i > 0) CHECK(std::strcmp(kernels[i - 1].name_, kernel.name_) < 0);
    for (size_t count = 0; count <= 5; ++count) {
      KernelRuntimeContext context;
      kernel.op_(context, Span<EValue*>(pointers, count));
      const bool fits = count == std::strlen(signatures[i].arguments);
      CHECK(context.failure_state() == (fits ? Error::InvalidType : Error::InvalidProgram));
    }
  }
}

TEST(each_operator_is_found_by_its_name_in_parts) {
  using executorch::runtime::internal::find_prim_op;
  for (const Kernel& kernel : executorch::runtime::internal::prim_kernels()) {
    char name[64];
    std::snprintf(name, sizeof(name), "%s", kernel.name_);
    char* dot = std::strchr(name, '.');
    if (dot != nullptr) *dot = '\0';
    const char* overload = dot != nullptr ? dot + 1 : "";
    CHECK(find_prim_op({name, overload}) == kernel.op_);
    CHECK(find_prim_op({name, "other"}) == nullptr);
    CHECK(find_prim_op({std::strchr(name, ':') + 2, overload}) == nullptr);
  }
  CHECK(find_prim_op({"aten::add", "Scalar"}) == nullptr);
  CHECK(find_prim_op({"executorch_prim::sym_size", "int"}) == nullptr);
  CHECK(find_prim_op({"", ""}) == nullptr);
}

TEST(a_result_replaces_scalars_only) {
  Floats tensor({2, 3}, kStatic);
  EValue one(int64_t{1});
  CHECK(call(prim_ops::add_Scalar, {&one, &one, &tensor.value}) == Error::InvalidType);
  CHECK(tensor.value.isTensor());
  EValue out(2.5);
  CHECK(call(prim_ops::add_Scalar, {&one, &one, &out}) == Error::Ok && out.toInt() == 2);
}

TEST(a_result_may_replace_an_argument) {
  EValue index(int64_t{1});
  CHECK(call(prim_ops::add_Scalar, {&index, &index, &index}) == Error::Ok && index.toInt() == 2);
}

}  // namespace

TEST_MAIN()
