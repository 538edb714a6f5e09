// The operators on blocks made by hand: their answers, and arguments that must be refused.
#include <executorch/runtime/kernel/kernel_includes.h>

#include <cmath>
#include <cstring>

#include "runtime/testing/check.h"
#include "runtime/testing/kernel_call.h"

namespace etbuild::kernels::gguf {

using etbuild::testing::call_kernel;
using etbuild::testing::DenseTensor;
using executorch::aten::ScalarType;
using executorch::runtime::Error;
using executorch::runtime::EValue;
using executorch::runtime::KernelRuntimeContext;
using Arguments = executorch::runtime::Span<EValue*>;

void embedding_out(KernelRuntimeContext& context, Arguments arguments);
void linear_out(KernelRuntimeContext& context, Arguments arguments);

namespace {

enum : int { kQ4_0 = 2, kQ4_1 = 3, kQ6_K = 14, kQ8_0 = 8 };

// Two rows of a Q8_0 block each: scale 1 and numbers 0, 1, 2 …; scale -2 and numbers -1.
struct Blocks {
  uint8_t bytes[68] = {};
  DenseTensor tensor{ScalarType::Byte, bytes, {2, 34}};

  Blocks() {
    bytes[1] = 0x3c;
    for (uint8_t at = 0; at < 32; ++at) bytes[2 + at] = at;
    bytes[35] = 0xc0;
    std::memset(bytes + 36, 0xff, 32);
  }
};

bool is_near(float value, float wanted) { return std::fabs(value - wanted) < 1e-3F * (1 + std::fabs(wanted)); }

}  // namespace

TEST(linear_multiplies_each_row_by_each_of_the_table) {
  Blocks blocks;
  float input[64] = {};
  input[3] = 2;
  input[31] = -1;
  for (int at = 32; at < 64; ++at) input[at] = 0.5F;
  float bias[2] = {10, 20};
  float out[4] = {};
  DenseTensor from(ScalarType::Float, input, {1, 2, 32});
  DenseTensor added(ScalarType::Float, bias, {2});
  DenseTensor to(ScalarType::Float, out, {1, 2, 2});
  const auto weight = blocks.tensor.value();
  CHECK(call_kernel(linear_out, {from.value(), weight, added.value(), EValue(int64_t{kQ8_0}), to.value()}) ==
        Error::Ok);
  CHECK(is_near(out[0], 10 + 2 * 3 - 31) && is_near(out[1], 20 + 2));
  CHECK(is_near(out[2], 10 + 496 * 0.5F) && is_near(out[3], 20 + 32));
  CHECK(call_kernel(linear_out, {from.value(), weight, EValue(), EValue(int64_t{kQ8_0}), to.value()}) == Error::Ok);
  CHECK(is_near(out[0], 2 * 3 - 31) && is_near(out[1], 2));
}

TEST(linear_refuses_what_does_not_fit) {
  Blocks blocks;
  float numbers[64] = {};
  float out[4] = {};
  DenseTensor from(ScalarType::Float, numbers, {2, 32}), narrow(ScalarType::Float, numbers, {2, 16});
  DenseTensor whole(ScalarType::Int, numbers, {2, 32}), bias(ScalarType::Float, numbers, {3});
  DenseTensor to(ScalarType::Float, out, {2, 2}), bytes(ScalarType::Byte, blocks.bytes, {68});
  const auto weight = blocks.tensor.value();
  const EValue q8(int64_t{kQ8_0}), none;
  CHECK(call_kernel(linear_out, {from.value(), weight, none, q8, to.value()}) == Error::Ok);
  CHECK(call_kernel(linear_out, {narrow.value(), weight, none, q8, to.value()}) == Error::InvalidArgument);
  CHECK(call_kernel(linear_out, {whole.value(), weight, none, q8, to.value()}) == Error::InvalidArgument);
  CHECK(call_kernel(linear_out, {from.value(), from.value(), none, q8, to.value()}) == Error::InvalidArgument);
  CHECK(call_kernel(linear_out, {from.value(), bytes.value(), none, q8, to.value()}) == Error::InvalidArgument);
  CHECK(call_kernel(linear_out, {from.value(), weight, bias.value(), q8, to.value()}) == Error::InvalidArgument);
  CHECK(call_kernel(linear_out, {from.value(), weight, none, EValue(int64_t{kQ4_0}), to.value()}) ==
        Error::InvalidArgument);
  CHECK(call_kernel(linear_out, {from.value(), weight, none, EValue(int64_t{kQ6_K}), to.value()}) ==
        Error::NotSupported);
  CHECK(call_kernel(linear_out, {from.value(), weight, none, q8}) == Error::InvalidArgument);
}

TEST(embedding_reads_the_rows_that_indices_name) {
  Blocks blocks;
  int64_t indices[3] = {1, 0, 1};
  float out[96] = {};
  DenseTensor from(ScalarType::Long, indices, {1, 3}), to(ScalarType::Float, out, {3, 32});
  DenseTensor shaped(ScalarType::Float, out, {1, 3, 32});
  const auto weight = blocks.tensor.value();
  const EValue q8(int64_t{kQ8_0});
  CHECK(call_kernel(embedding_out, {weight, from.value(), q8, shaped.value()}) == Error::Ok);
  CHECK(out[0] == 2 && out[31] == 2 && out[32] == 0 && out[63] == 31 && out[64] == 2);
  for (const int64_t wrong : {int64_t{-1}, int64_t{2}, INT64_MAX}) {
    indices[1] = wrong;
    CHECK(call_kernel(embedding_out, {weight, from.value(), q8, shaped.value()}) == Error::InvalidArgument);
  }
  CHECK(call_kernel(embedding_out, {weight, shaped.value(), q8, to.value()}) == Error::InvalidArgument);
}

}  // namespace etbuild::kernels::gguf

TEST_MAIN()
