// The linear layer of 4-bit weights made by hand: its answers, and arguments that must be refused.
#include <executorch/runtime/kernel/kernel_includes.h>

#include <cmath>
#include <cstring>
#include <initializer_list>

#include "runtime/testing/check.h"
#include "runtime/testing/kernel_call.h"

namespace etbuild::kernels::int4 {

using etbuild::testing::call_kernel;
using etbuild::testing::DenseTensor;
using executorch::aten::ScalarType;
using executorch::runtime::Error;
using executorch::runtime::EValue;
using executorch::runtime::KernelRuntimeContext;
using Arguments = executorch::runtime::Span<EValue*>;

void linear_8da4w_out(KernelRuntimeContext& context, Arguments arguments);

namespace {

// Two rows of 64 weights in two groups: -8 to 7 again and again, by 1 and by 0.5; and all 1, by 2 and by -1.
struct Weights {
  uint8_t bytes[64] = {};
  float numbers[4] = {1, 0.5F, 2, -1};
  DenseTensor weight{ScalarType::Byte, bytes, {2, 32}};
  DenseTensor scales{ScalarType::Float, numbers, {2, 2}};

  Weights() {
    for (uint8_t at = 0; at < 32; ++at) bytes[at] = static_cast<uint8_t>(at % 16 * 17);
    std::memset(bytes + 32, 0x99, 32);
  }
};

Error call(std::initializer_list<EValue> values) { return call_kernel(linear_8da4w_out, values); }

bool is_near(float value, float wanted) { return std::fabs(value - wanted) < 1e-4F * (1 + std::fabs(wanted)); }

}  // namespace

TEST(linear_multiplies_rounded_rows_by_weights_of_groups) {
  Weights weights;
  // From -100 to 155 a unit is 1: whole numbers stay, 3.4 becomes 3 and 2.5 becomes 2, the even one.
  float input[128] = {};
  input[0] = -100, input[15] = 155, input[16 + 9] = 3.4F, input[32 + 1] = 2.5F;
  for (int at = 64; at < 128; ++at) input[at] = 51;  // From 0 to 51 it is 0.2.
  float bias[2] = {10, 20};
  float out[4] = {};
  DenseTensor from(ScalarType::Float, input, {1, 2, 64}), added(ScalarType::Float, bias, {2});
  DenseTensor to(ScalarType::Float, out, {1, 2, 2});
  const auto weight = weights.weight.value(), scales = weights.scales.value();
  CHECK(call({from.value(), weight, scales, added.value(), to.value()}) == Error::Ok);
  CHECK(is_near(out[0], 10 + 800 + 155 * 7 + 3 + 2 * -7 * 0.5F));
  CHECK(is_near(out[1], 20 + (-100 + 155 + 3) * 2 - 2));
  CHECK(is_near(out[2], 10 + 51 * -16 * 1.5F) && is_near(out[3], 20 + 51 * 32));
  CHECK(call({from.value(), weight, scales, EValue(), to.value()}) == Error::Ok);
  CHECK(is_near(out[1], (-100 + 155 + 3) * 2 - 2) && is_near(out[3], 51 * 32));
}

TEST(linear_refuses_what_does_not_fit) {
  Weights weights;
  float numbers[192] = {};
  float out[6] = {};
  DenseTensor from(ScalarType::Float, numbers, {2, 64}), narrow(ScalarType::Float, numbers, {2, 32});
  DenseTensor whole(ScalarType::Int, numbers, {2, 64}), bias(ScalarType::Float, numbers, {3});
  DenseTensor three(ScalarType::Float, numbers, {2, 3}), four(ScalarType::Float, numbers, {2, 4});
  DenseTensor none_of(ScalarType::Float, numbers, {2, 0}), row(ScalarType::Float, numbers, {2});
  DenseTensor to(ScalarType::Float, out, {2, 2}), bytes(ScalarType::Byte, weights.bytes, {64});
  DenseTensor chars(ScalarType::Char, weights.bytes, {2, 32}), ints(ScalarType::Int, out, {2, 2});
  const auto weight = weights.weight.value(), scales = weights.scales.value();
  const EValue none;
  CHECK(call({from.value(), weight, scales, none, to.value()}) == Error::Ok);
  CHECK(call({narrow.value(), weight, scales, none, to.value()}) == Error::InvalidArgument);
  CHECK(call({whole.value(), weight, scales, none, to.value()}) == Error::InvalidArgument);
  CHECK(call({from.value(), bytes.value(), scales, none, to.value()}) == Error::InvalidArgument);
  CHECK(call({from.value(), chars.value(), scales, none, to.value()}) == Error::InvalidArgument);
  for (DenseTensor* each : {&three, &four, &none_of, &row, &whole}) {
    CHECK(call({from.value(), weight, each->value(), none, to.value()}) == Error::InvalidArgument);
  }
  CHECK(call({from.value(), weight, scales, bias.value(), to.value()}) == Error::InvalidArgument);
  CHECK(call({from.value(), weight, scales, none, ints.value()}) == Error::InvalidArgument);
  CHECK(call({from.value(), weight, scales, none}) == Error::InvalidArgument);
}

}  // namespace etbuild::kernels::int4

TEST_MAIN()
