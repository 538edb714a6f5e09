#include "sampler.h"

#include <algorithm>
#include <cmath>

#include "check.h"

namespace etbuild::runner {
namespace {

// Logits that look like a model's: a few likely tokens, many that are not. The same on every device.
std::vector<float> model_logits(size_t size) {
  std::vector<float> logits(size);
  uint32_t state = 7;
  for (float& logit : logits) {
    state = state * 1664525u + 1013904223u;
    logit = static_cast<float>(state >> 16) / 4096.0f - 12.0f;
  }
  return logits;
}

std::vector<int32_t> draw(const SamplerOptions& options, const std::vector<float>& logits, int count) {
  Sampler sampler(options);
  std::vector<int32_t> tokens(count);
  for (int32_t& token : tokens) token = sampler.choose(logits.data(), logits.size());
  return tokens;
}

SamplerOptions warm(float temperature) {
  SamplerOptions options;
  options.temperature = temperature;
  return options;
}

// Each token that 2,000 draws give, once, in order.
std::vector<int32_t> seen(const SamplerOptions& options, const std::vector<float>& logits) {
  std::vector<int32_t> tokens = draw(options, logits, 2000);
  std::sort(tokens.begin(), tokens.end());
  tokens.erase(std::unique(tokens.begin(), tokens.end()), tokens.end());
  return tokens;
}

TEST(greedy_takes_the_likeliest_and_the_first_of_equal_ones) {
  const std::vector<float> logits = {1, 5, -2, 5, NAN};
  CHECK(draw({}, logits, 2) == (std::vector<int32_t>{1, 1}));
}

TEST(greedy_survives_logits_that_are_no_numbers) {
  CHECK(draw({}, {NAN, -INFINITY, 3, NAN}, 1)[0] == 2);
  CHECK(draw({}, {NAN, NAN}, 1)[0] == 0);
  CHECK(draw(warm(1), {NAN, -INFINITY, 3, NAN}, 1)[0] == 2);
  CHECK(draw(warm(1), {-INFINITY, INFINITY, 3}, 1)[0] == 1);
}

TEST(the_exponential_is_right_to_its_last_units) {
  uint64_t before = ~uint64_t{0};
  for (int step = 0; step < 3830; ++step) {
    const double x = -0.00731 * step;
    const double truth = std::exp(x) * 1099511627776.0;
    CHECK(std::abs(static_cast<double>(exp_in_units(x)) - truth) <= truth * 4e-9 + 2);
    CHECK(exp_in_units(x) <= before);
    before = exp_in_units(x);
  }
  CHECK(exp_in_units(0) == uint64_t{1} << 40);
  CHECK(exp_in_units(-1000) == 0);
  CHECK(exp_in_units(-INFINITY) == 0);
  CHECK(exp_in_units(NAN) == 0);
}

// Written down once: whoever changes them changes the texts that people get from a seed.
TEST(a_seed_gives_the_same_tokens_on_every_device) {
  const std::vector<float> logits = model_logits(1000);
  SamplerOptions options = warm(0.8f);
  options.seed = 42;
  CHECK(draw(options, logits, 8) == (std::vector<int32_t>{708, 128, 242, 341, 27, 869, 189, 794}));
  options.top_k = 40;
  options.top_p = 0.9f;
  options.min_p = 0.02f;
  CHECK(draw(options, logits, 8) == (std::vector<int32_t>{128, 489, 117, 444, 453, 10, 378, 276}));
}

// All options together, as a text of 40 tokens each; one token that differs changes the digest.
TEST(all_options_give_the_same_tokens_on_every_device) {
  const std::vector<float> logits = model_logits(300);
  uint32_t digest = 2166136261u;
  for (uint32_t choice = 0; choice < 96; ++choice) {
    SamplerOptions options;
    options.temperature = 0.3f + 0.45f * static_cast<float>(choice % 3);
    options.top_k = static_cast<int32_t>(choice / 3 % 2) * 20;
    options.top_p = choice / 6 % 2 == 0 ? 1.0f : 0.9f;
    options.min_p = static_cast<float>(choice / 12 % 2) * 0.05f;
    options.repetition_penalty = choice / 24 % 2 == 0 ? 1.0f : 1.3f;
    options.seed = choice / 48;
    Sampler sampler(options);
    for (int index = 0; index < 40; ++index) {
      const int32_t token = sampler.choose(logits.data(), logits.size());
      sampler.note(token);
      digest = (digest ^ static_cast<uint32_t>(token)) * 16777619u;
    }
  }
  std::printf("digest of 3840 tokens: %08lx\n", static_cast<unsigned long>(digest));
  CHECK(digest == 0xa95daeb3u);
}

TEST(another_seed_gives_other_tokens) {
  SamplerOptions options = warm(1);
  const std::vector<float> logits = model_logits(1000);
  const std::vector<int32_t> first = draw(options, logits, 20);
  options.seed = 1;
  CHECK(draw(options, logits, 20) != first);
}

TEST(tokens_come_as_often_as_they_are_likely) {
  const std::vector<float> logits = {std::log(0.5f), std::log(0.3f), std::log(0.2f)};
  int counts[3] = {};
  for (int32_t token : draw(warm(1), logits, 30000)) ++counts[token];
  CHECK(std::abs(counts[0] - 15000) < 300);
  CHECK(std::abs(counts[1] - 9000) < 300);
  CHECK(std::abs(counts[2] - 6000) < 300);
}

TEST(a_low_temperature_sharpens) {
  int likeliest = 0;
  for (int32_t token : draw(warm(0.25f), {1, 0}, 10000)) likeliest += token == 0;
  CHECK(std::abs(likeliest - 9820) < 60);  // 1 / (1 + e^-4)
}

TEST(top_k_keeps_the_k_likeliest_and_the_lower_id_of_equal_ones) {
  SamplerOptions options = warm(2);
  options.top_k = 2;
  CHECK(seen(options, {1, 3, 1, 2, 2}) == (std::vector<int32_t>{1, 3}));
}

TEST(top_p_keeps_those_that_together_are_likely_enough) {
  const std::vector<float> logits = {std::log(0.2f), std::log(0.5f), std::log(0.3f)};
  SamplerOptions options = warm(1);
  options.top_p = 0.4f;
  CHECK(seen(options, logits) == std::vector<int32_t>{1});
  options.top_p = 0.6f;
  CHECK(seen(options, logits) == (std::vector<int32_t>{1, 2}));
  options.top_p = 0.95f;
  CHECK(seen(options, logits).size() == 3);
}

TEST(min_p_drops_those_far_behind_the_likeliest) {
  const std::vector<float> logits = {std::log(0.1f), std::log(0.6f), std::log(0.3f)};
  SamplerOptions options = warm(1);
  options.min_p = 0.4f;
  CHECK(seen(options, logits) == (std::vector<int32_t>{1, 2}));
  options.min_p = 1;
  CHECK(seen(options, logits) == std::vector<int32_t>{1});
}

TEST(the_penalty_turns_away_from_what_was_said_whatever_its_sign) {
  SamplerOptions options;
  options.repetition_penalty = 2;
  Sampler sampler(options);
  sampler.note(0);
  const float positive[] = {3, 2};
  CHECK(sampler.choose(positive, 2) == 1);
  const float negative[] = {-1, -1.5f};
  CHECK(sampler.choose(negative, 2) == 1);
  sampler.note(1);
  CHECK(sampler.choose(positive, 2) == 0);
}

TEST(options_out_of_bounds_are_named) {
  CHECK(check_options({}).empty());
  CHECK(check_options(warm(-1)) == "temperature must be from 0 to 100");
  CHECK(check_options(warm(NAN)) == "temperature must be from 0 to 100");
  SamplerOptions options;
  options.top_p = 0;
  CHECK(check_options(options) == "top-p must be above 0 and at most 1");
  options.top_p = 1;
  options.repetition_penalty = 0;
  CHECK(check_options(options) == "repetition-penalty must be above 0 and at most 100");
}

}  // namespace
}  // namespace etbuild::runner

TEST_MAIN()
