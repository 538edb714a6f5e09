#include "op_update_cache.h"

#include "check.h"
#include "float_tensor.h"

namespace etbuild::kernels::llama {
namespace {

using executorch::runtime::Error;
using executorch::runtime::KernelRuntimeContext;

constexpr int kLength = 6;

Error update(FloatTensor& value, FloatTensor& cache, int64_t start) {
  KernelRuntimeContext context;
  FloatTensor out({1});
  update_cache_out(context, value.tensor(), cache.tensor(), start, out.tensor());
  return context.failure_state();
}

TEST(values_land_at_their_positions_and_nothing_else_changes) {
  FloatTensor value({2, 2, 3, 4});
  FloatTensor cache({2, kLength, 3, 4});
  value.fill(1);
  cache.fill(2);
  std::vector<float> expected = cache.values();
  for (size_t batch = 0; batch < 2; ++batch) {
    for (size_t at = 0; at < 24; ++at) {
      expected[batch * kLength * 12 + 36 + at] = value.values()[batch * 24 + at];
    }
  }
  CHECK(update(value, cache, 3) == Error::Ok);
  CHECK(cache.values() == expected);
}

TEST(the_last_position_can_be_written) {
  FloatTensor value({1, 1, 1, 2});
  FloatTensor cache({1, kLength, 1, 2});
  value.fill(1);
  CHECK(update(value, cache, kLength - 1) == Error::Ok);
  CHECK(cache.values()[10] == value.values()[0]);
}

TEST(positions_outside_of_the_cache_are_refused_and_write_nothing) {
  FloatTensor value({1, 2, 1, 2});
  FloatTensor cache({1, kLength, 1, 2});
  value.fill(1);
  const std::vector<float> before = cache.values();
  for (int64_t start : {int64_t{kLength} - 1, int64_t{-1}, INT64_MAX, INT64_MIN}) {
    CHECK(update(value, cache, start) == Error::InvalidArgument);
  }
  CHECK(cache.values() == before);
}

TEST(other_heads_or_ranks_are_refused) {
  FloatTensor cache({1, kLength, 2, 2});
  FloatTensor other_heads({1, 1, 3, 2});
  FloatTensor other_rank({1, 2, 2});
  CHECK(update(other_heads, cache, 0) == Error::InvalidArgument);
  CHECK(update(other_rank, cache, 0) == Error::InvalidArgument);
}

TEST(more_values_than_the_cache_is_long_are_refused) {
  FloatTensor value({1, kLength + 1, 1, 2});
  FloatTensor cache({1, kLength, 1, 2});
  CHECK(update(value, cache, 0) == Error::InvalidArgument);
}

}  // namespace
}  // namespace etbuild::kernels::llama

TEST_MAIN()
