// What moves elements, where recorded calls say nothing: arguments that must be refused, other dim orders, memory that
// is shared.
#include <executorch/runtime/kernel/kernel_includes.h>

#include <cstring>
#include <initializer_list>

#include "runtime/testing/check.h"
#include "runtime/testing/kernel_call.h"

namespace etbuild::kernels {

using etbuild::testing::call_kernel;
using executorch::aten::ScalarType;
using executorch::aten::Tensor;
using executorch::aten::TensorImpl;
using executorch::runtime::BoxedEvalueList;
using executorch::runtime::Error;
using executorch::runtime::EValue;
using executorch::runtime::KernelRuntimeContext;
using Arguments = executorch::runtime::Span<EValue*>;

void _to_dim_order_copy_out(KernelRuntimeContext& context, Arguments arguments);
void as_strided_copy_out(KernelRuntimeContext& context, Arguments arguments);
void diagonal_copy_out(KernelRuntimeContext& context, Arguments arguments);
void expand_copy_out(KernelRuntimeContext& context, Arguments arguments);
void flip_out(KernelRuntimeContext& context, Arguments arguments);
void gather_out(KernelRuntimeContext& context, Arguments arguments);
void index_select_out(KernelRuntimeContext& context, Arguments arguments);
void narrow_copy_out(KernelRuntimeContext& context, Arguments arguments);
void permute_copy_out(KernelRuntimeContext& context, Arguments arguments);
void pixel_shuffle_out(KernelRuntimeContext& context, Arguments arguments);
void reflection_pad1d_out(KernelRuntimeContext& context, Arguments arguments);
void repeat_out(KernelRuntimeContext& context, Arguments arguments);
void scatter_add_out(KernelRuntimeContext& context, Arguments arguments);
void select_copy_int_out(KernelRuntimeContext& context, Arguments arguments);
void slice_copy_tensor_out(KernelRuntimeContext& context, Arguments arguments);
void unfold_copy_out(KernelRuntimeContext& context, Arguments arguments);
void view_copy_out(KernelRuntimeContext& context, Arguments arguments);

namespace {

constexpr size_t kMost = 4;

// A dense tensor with memory of its own; `order`: its dimensions in memory, outermost first.
struct Grid {
  int32_t data[32] = {};
  int32_t sizes[kMost] = {};
  int32_t strides[kMost] = {};
  uint8_t order[kMost] = {0, 1, 2, 3};
  TensorImpl impl;

  Grid(std::initializer_list<int32_t> shape, std::initializer_list<uint8_t> dim_order = {},
       ScalarType type = ScalarType::Int)
      : impl(type, lay_out(shape, dim_order), sizes, data, order, strides) {}

  ssize_t lay_out(std::initializer_list<int32_t> shape, std::initializer_list<uint8_t> dim_order) {
    std::memcpy(sizes, shape.begin(), shape.size() * sizeof(int32_t));
    std::memcpy(order, dim_order.begin(), dim_order.size());
    int32_t stride = 1;
    for (size_t at = shape.size(); at-- > 0;) {
      strides[order[at]] = stride;
      stride *= sizes[order[at]];
    }
    return static_cast<ssize_t>(shape.size());
  }

  EValue value() { return EValue(Tensor(&impl)); }
};

struct List {
  List(std::initializer_list<int64_t> numbers) : boxed(point(numbers), made, static_cast<int>(numbers.size())) {}

  EValue** point(std::initializer_list<int64_t> numbers) {
    for (size_t at = 0; at < numbers.size(); ++at) {
      items[at] = EValue(numbers.begin()[at]);
      pointers[at] = &items[at];
    }
    return pointers;
  }

  EValue value() { return EValue(&boxed); }

  EValue items[kMost];
  EValue* pointers[kMost] = {};
  int64_t made[kMost] = {};
  BoxedEvalueList<int64_t> boxed;
};

EValue number(int64_t value) { return EValue(value); }

void count_up(Grid& grid) {
  for (int32_t at = 0; at < 32; ++at) grid.data[at] = at;
}

bool starts_with(const Grid& grid, std::initializer_list<int32_t> values) {
  return std::memcmp(grid.data, values.begin(), values.size() * sizeof(int32_t)) == 0;
}

TEST(dimensions_that_a_tensor_has_not_are_refused) {
  Grid self({2, 3});
  Grid out({2, 3});
  for (const int64_t dim : {int64_t{2}, int64_t{-3}, INT64_MAX, INT64_MIN}) {
    List one({dim});
    List two({0, dim});
    CHECK(call_kernel(select_copy_int_out, {self.value(), number(dim), number(0), out.value()}) ==
          Error::InvalidArgument);
    CHECK(call_kernel(narrow_copy_out, {self.value(), number(dim), number(0), number(1), out.value()}) ==
          Error::InvalidArgument);
    CHECK(call_kernel(flip_out, {self.value(), one.value(), out.value()}) == Error::InvalidArgument);
    CHECK(call_kernel(permute_copy_out, {self.value(), two.value(), out.value()}) == Error::InvalidArgument);
    CHECK(call_kernel(diagonal_copy_out, {self.value(), number(0), number(0), number(dim), out.value()}) ==
          Error::InvalidArgument);
  }
}

TEST(numbers_that_overflow_are_refused) {
  Grid self({2, 3});
  Grid out({2, 3});
  for (const int64_t much : {int64_t{1} << 32, INT64_MAX / 2, INT64_MAX, INT64_MIN}) {
    List sizes({much, 3});
    List repeats({2, much});
    List strides({much, 1});
    List small({2, 2});
    EValue none;
    CHECK(call_kernel(expand_copy_out, {self.value(), sizes.value(), EValue(false), out.value()}) ==
          Error::InvalidArgument);
    CHECK(call_kernel(view_copy_out, {self.value(), sizes.value(), out.value()}) == Error::InvalidArgument);
    CHECK(call_kernel(repeat_out, {self.value(), repeats.value(), out.value()}) == Error::InvalidArgument);
    CHECK(call_kernel(as_strided_copy_out, {self.value(), small.value(), strides.value(), none, out.value()}) ==
          Error::InvalidArgument);
    CHECK(call_kernel(as_strided_copy_out, {self.value(), small.value(), small.value(), number(much), out.value()}) ==
          Error::InvalidArgument);
    CHECK(call_kernel(narrow_copy_out, {self.value(), number(0), number(much), number(much), out.value()}) ==
          Error::InvalidArgument);
    CHECK(call_kernel(unfold_copy_out, {self.value(), number(0), number(much), number(1), out.value()}) ==
          Error::InvalidArgument);
    CHECK(call_kernel(pixel_shuffle_out, {self.value(), number(much), out.value()}) == Error::InvalidArgument);
    CHECK(call_kernel(reflection_pad1d_out, {self.value(), strides.value(), out.value()}) == Error::InvalidArgument);
  }
}

TEST(slices_are_clamped_however_far_they_reach) {
  Grid self({4});
  Grid out({2});
  count_up(self);
  const EValue far = number(INT64_MAX);
  const EValue before = number(INT64_MIN);
  CHECK(call_kernel(slice_copy_tensor_out, {self.value(), number(0), before, far, number(3), out.value()}) ==
        Error::Ok);
  CHECK(starts_with(out, {0, 3}));
  CHECK(call_kernel(slice_copy_tensor_out, {self.value(), number(0), before, far, number(0), out.value()}) ==
        Error::InvalidArgument);
}

TEST(indices_out_of_range_are_refused_and_nothing_is_read_or_written_there) {
  Grid self({2, 3});
  Grid index({2}, {}, ScalarType::Int);
  Grid pairs({2, 3}, {}, ScalarType::Int);
  Grid rows({2, 3});
  for (const int32_t outside : {2, -1, INT32_MAX, INT32_MIN}) {
    index.data[1] = outside;
    pairs.data[5] = outside;
    rows.data[6] = 77;
    CHECK(call_kernel(index_select_out, {self.value(), number(0), index.value(), rows.value()}) ==
          Error::InvalidArgument);
    CHECK(call_kernel(gather_out, {self.value(), number(0), pairs.value(), EValue(false), rows.value()}) ==
          Error::InvalidArgument);
    CHECK(call_kernel(scatter_add_out, {self.value(), number(0), pairs.value(), self.value(), rows.value()}) ==
          Error::InvalidArgument);
    CHECK(rows.data[6] == 77);
  }
}

TEST(an_output_of_another_dtype_or_of_too_few_elements_is_refused) {
  Grid self({2, 3});
  Grid bytes({3, 2}, {}, ScalarType::Byte);
  Grid small({2, 2});
  List swapped({1, 0});
  CHECK(call_kernel(permute_copy_out, {self.value(), swapped.value(), bytes.value()}) == Error::InvalidArgument);
  CHECK(call_kernel(permute_copy_out, {self.value(), swapped.value(), small.value()}) == Error::InvalidArgument);
}

TEST(an_output_keeps_its_own_dim_order) {
  Grid self({1, 2, 2, 2});
  Grid last({1, 2, 2, 2}, {0, 2, 3, 1});  // Channels last.
  List first_again({0, 3, 1, 2});
  count_up(self);
  CHECK(call_kernel(permute_copy_out, {self.value(), first_again.value(), last.value()}) == Error::Ok);
  CHECK(starts_with(last, {0, 1, 2, 3, 4, 5, 6, 7}));
}

TEST(a_copy_to_another_dim_order_converts_and_must_be_the_one_that_is_asked_for) {
  Grid self({1, 2, 1, 2});
  Grid last({1, 2, 1, 2}, {0, 2, 3, 1}, ScalarType::Float);
  List channels_last({0, 2, 3, 1});
  List contiguous({0, 1, 2, 3});
  count_up(self);
  CHECK(call_kernel(_to_dim_order_copy_out, {self.value(), EValue(false), contiguous.value(), last.value()}) ==
        Error::InvalidArgument);
  CHECK(call_kernel(_to_dim_order_copy_out, {self.value(), EValue(false), channels_last.value(), last.value()}) ==
        Error::Ok);
  const float expected[] = {0, 2, 1, 3};
  float given[4];
  std::memcpy(given, last.data, sizeof given);
  for (size_t at = 0; at < 4; ++at) CHECK(given[at] == expected[at]);
}

TEST(a_view_of_its_own_memory_stays_as_it_is) {
  Grid self({2, 3});
  Grid out({3, 2});
  count_up(self);
  out.impl.set_data(self.data);
  List sizes({3, -1});
  CHECK(call_kernel(view_copy_out, {self.value(), sizes.value(), out.value()}) == Error::Ok);
  CHECK(starts_with(self, {0, 1, 2, 3, 4, 5}));
}

TEST(half_precision_sums_that_find_no_memory_fail) {
  Grid self({2}, {}, ScalarType::BFloat16);
  Grid index({2});
  Grid out({2}, {}, ScalarType::BFloat16);
  CHECK(call_kernel(scatter_add_out, {self.value(), number(0), index.value(), self.value(), out.value()}) ==
        Error::MemoryAllocationFailed);
}

}  // namespace
}  // namespace etbuild::kernels

TEST_MAIN()
