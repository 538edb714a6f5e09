#include "op_custom_sdpa.h"

#include <executorch/runtime/kernel/thread_parallel_interface.h>
#include <executorch/runtime/platform/runtime.h>

#include <cmath>

#include "attention.h"
#include "check.h"
#include "float_tensor.h"

namespace etbuild::kernels::llama {
namespace {

using executorch::runtime::Error;
using executorch::runtime::KernelRuntimeContext;

constexpr double kClose = 2e-6;

struct Case {
  int batch, rows, heads, cache_heads, head_dim, length, start;
};

// Sizes around those of vectors (4, 8), tiles (64 keys), blocks (4 and 16 rows); one head, grouped heads, each its own.
constexpr Case kCases[] = {
    {1, 1, 9, 3, 64, 512, 0},  {1, 1, 9, 3, 64, 512, 511},  {1, 5, 9, 3, 64, 512, 0},    {1, 1, 1, 1, 1, 1, 0},
    {2, 3, 4, 2, 8, 70, 62},   {1, 17, 2, 1, 12, 80, 63},   {1, 64, 2, 2, 16, 64, 0},    {3, 4, 6, 2, 7, 130, 65},
    {1, 33, 3, 3, 80, 97, 64}, {1, 2, 8, 1, 128, 200, 100}, {1, 37, 4, 2, 32, 140, 101},
};

struct Call {
  explicit Call(const Case& one)
      : sizes(one),
        query({one.batch, one.rows, one.heads, one.head_dim}),
        key({one.batch, one.length, one.cache_heads, one.head_dim}),
        value({one.batch, one.length, one.cache_heads, one.head_dim}),
        mask({one.rows, one.length}),
        out({one.batch, one.rows, one.heads, one.head_dim}) {
    query.fill(1);
    key.fill(2);
    value.fill(3);
    mask.fill(4);
  }

  Error run(bool is_causal, bool is_masked, std::optional<double> scale = std::nullopt) {
    KernelRuntimeContext context;
    std::optional<executorch::aten::Tensor> with;
    if (is_masked) with = mask.tensor();
    custom_sdpa_out(context, query.tensor(), key.tensor(), value.tensor(), sizes.start, with, 0.0, is_causal, scale,
                    out.tensor());
    return context.failure_state();
  }

  // The definition, in doubles: all scores of a row, then all weights, then the mean of the values.
  std::vector<double> expected(size_t batch, size_t row, size_t head, bool is_causal, bool is_masked, double scale) {
    const size_t visible = is_masked ? sizes.length : is_causal ? sizes.start + row + 1 : sizes.start + sizes.rows;
    const size_t cache_head = head / (sizes.heads / sizes.cache_heads);
    const float* q = &query.values()[((batch * sizes.rows + row) * sizes.heads + head) * sizes.head_dim];
    std::vector<double> weights(visible);
    double most = -INFINITY;
    for (size_t position = 0; position < visible; ++position) {
      const float* k = &key.values()[cache_at(batch, position, cache_head)];
      for (int at = 0; at < sizes.head_dim; ++at) weights[position] += double{q[at]} * k[at];
      weights[position] = weights[position] * scale + (is_masked ? mask.values()[row * sizes.length + position] : 0.0f);
      most = std::max(most, weights[position]);
    }
    double sum = 0;
    for (double& weight : weights) sum += weight = std::exp(weight - most);
    std::vector<double> mean(sizes.head_dim);
    for (size_t position = 0; position < visible; ++position) {
      const float* v = &value.values()[cache_at(batch, position, cache_head)];
      for (int at = 0; at < sizes.head_dim; ++at) mean[at] += weights[position] / sum * v[at];
    }
    return mean;
  }

  double worst(bool is_causal, bool is_masked, double scale) {
    double most = 0;
    size_t index = 0;
    for (int batch = 0; batch < sizes.batch; ++batch) {
      for (int row = 0; row < sizes.rows; ++row) {
        for (int head = 0; head < sizes.heads; ++head) {
          for (double truth : expected(batch, row, head, is_causal, is_masked, scale)) {
            const double error = std::abs(out.values()[index++] - truth);
            most = error <= most ? most : error;  // NaN counts as worse.
          }
        }
      }
    }
    return most;
  }

  size_t cache_at(size_t batch, size_t position, size_t head) const {
    return ((batch * sizes.length + position) * sizes.cache_heads + head) * sizes.head_dim;
  }

  Case sizes;
  FloatTensor query, key, value, mask, out;
};

double usual_scale(const Case& one) { return 1 / std::sqrt(static_cast<double>(one.head_dim)); }

TEST(causal_attention_is_the_definition) {
  for (const Case& one : kCases) {
    Call call(one);
    CHECK(call.run(true, false) == Error::Ok);
    CHECK(call.worst(true, false, usual_scale(one)) < kClose);
  }
}

TEST(attention_without_a_mask_sees_all_positions_up_to_the_last_row) {
  for (const Case& one : kCases) {
    Call call(one);
    CHECK(call.run(false, false, 0.25) == Error::Ok);
    CHECK(call.worst(false, false, 0.25) < kClose);
  }
}

TEST(a_mask_is_added_and_shows_the_whole_cache) {
  for (const Case& one : kCases) {
    Call call(one);
    CHECK(call.run(false, true) == Error::Ok);
    CHECK(call.worst(false, true, usual_scale(one)) < kClose);
  }
}

TEST(masked_positions_have_no_weight_even_when_a_whole_tile_is_masked) {
  Call call({1, 2, 2, 1, 8, 200, 0});
  for (size_t at = 0; at < call.mask.values().size(); ++at) {
    if (at % 200 != 150 && at % 200 != 199) call.mask.values()[at] = -INFINITY;
  }
  CHECK(call.run(false, true) == Error::Ok);
  CHECK(call.worst(false, true, usual_scale(call.sizes)) < kClose);
}

TEST(a_row_that_sees_nothing_is_not_a_number) {
  Call call({1, 1, 1, 1, 4, 70, 0});
  for (float& value : call.mask.values()) value = -INFINITY;
  CHECK(call.run(false, true) == Error::Ok);
  CHECK(std::isnan(call.out.values()[0]));
}

TEST(great_scores_do_not_overflow) {
  Call call({1, 4, 2, 1, 8, 80, 70});
  CHECK(call.run(true, false, 1000.0) == Error::Ok);
  CHECK(call.worst(true, false, 1000.0) < 1e-3);
}

TEST(positions_behind_the_last_row_are_not_read) {
  Call call({1, 3, 2, 1, 8, 100, 10});
  for (size_t at = call.cache_at(0, 13, 0); at < call.key.values().size(); ++at) {
    call.key.values()[at] = call.value.values()[at] = NAN;
  }
  CHECK(call.run(true, false) == Error::Ok);
  CHECK(call.worst(true, false, usual_scale(call.sizes)) < kClose);
}

TEST(a_row_has_the_same_bits_alone_and_among_others) {
  const Case all = {1, 40, 4, 2, 20, 200, 60};
  Call together(all);
  CHECK(together.run(true, false) == Error::Ok);
  const size_t row_size = static_cast<size_t>(all.heads) * all.head_dim;
  for (int row = 0; row < all.rows; ++row) {
    Call alone({1, 1, 4, 2, 20, 200, 60 + row});
    alone.key.values() = together.key.values();
    alone.value.values() = together.value.values();
    std::copy_n(together.query.values().begin() + row * row_size, row_size, alone.query.values().begin());
    CHECK(alone.run(true, false) == Error::Ok);
    CHECK(std::equal(alone.out.values().begin(), alone.out.values().end(),
                     together.out.values().begin() + row * row_size));
  }
}

TEST(the_baseline_and_what_this_cpu_takes_agree) {
  Call call({1, 5, 1, 1, 24, 90, 80});
  const AttentionRows rows = {call.query.values().data(),
                              24,
                              call.key.values().data(),
                              call.value.values().data(),
                              24,
                              nullptr,
                              0,
                              call.out.values().data(),
                              24,
                              5,
                              24,
                              81,
                              true,
                              0.2f};
  attend_baseline(rows);
  const std::vector<float> baseline = call.out.values();
  attend_for_this_cpu()(rows);
  for (size_t at = 0; at < baseline.size(); ++at) CHECK(std::abs(baseline[at] - call.out.values()[at]) < kClose);
}

TEST(bad_arguments_are_refused) {
  Call past_the_end({1, 4, 2, 1, 8, 10, 7});
  CHECK(past_the_end.run(true, false) == Error::InvalidArgument);
  Call negative({1, 1, 2, 1, 8, 10, -1});
  CHECK(negative.run(true, false) == Error::InvalidArgument);
  Call odd_heads({1, 1, 3, 2, 8, 10, 0});
  CHECK(odd_heads.run(true, false) == Error::InvalidArgument);
  Call mask_and_causal({1, 1, 2, 1, 8, 10, 0});
  CHECK(mask_and_causal.run(true, true) == Error::InvalidArgument);
}

}  // namespace
}  // namespace etbuild::kernels::llama

TEST_MAIN()
