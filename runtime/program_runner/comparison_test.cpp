// Figures of two arrays, bounds on them, and inputs made of a seed.

#include "comparison.h"

#include <cmath>
#include <cstring>
#include <limits>

#include "check.h"
#include "elements.h"

namespace {

using etbuild::runner::Comparison;
using etbuild::runner::elements_of;
using etbuild::runner::Figures;
using etbuild::runner::furthest_off;
using etbuild::runner::judge;
using etbuild::runner::largest_in_last_row;
using etbuild::runner::NpyArray;
using etbuild::runner::parse_tolerance;
using etbuild::runner::random_array;
using etbuild::runner::Tolerance;

NpyArray floats(const std::vector<int64_t>& shape, const std::vector<float>& values) {
  NpyArray array{{'f', 4}, shape, std::vector<uint8_t>(4 * values.size())};
  if (!values.empty()) memcpy(array.bytes.data(), values.data(), array.bytes.size());
  return array;
}

Figures compared(const std::vector<float>& expected, const std::vector<float>& result) {
  const auto size = static_cast<int64_t>(expected.size());
  Comparison comparison;
  const bool is_added =
      comparison.add("output 0", floats({1, size}, expected), floats({1, size}, result), false, true).ok();
  CHECK(is_added);
  return comparison.figures();
}

bool is_near(double left, double right) { return std::fabs(left - right) < 1e-6; }

std::string mistake(const char* text) {
  Tolerance tolerance;
  return parse_tolerance(text, &tolerance).message();
}

}  // namespace

TEST(equal_arrays_are_exact) {
  const Figures same = compared({1, 2, 3}, {1, 2, 3});
  CHECK(same.max_abs_error == 0 && same.relative_error == 0 && same.sqnr_db == 200 && is_near(same.cosine, 1));
  CHECK(same.top1.total == 1 && same.top1.equal == 1);
}

TEST(figures_are_those_of_the_proof) {
  const Figures off = compared({3, -4, 0}, {3, -4, 0.5F});
  CHECK(is_near(off.max_abs_error, 0.5));
  CHECK(is_near(off.relative_error, 0.125));
  CHECK(is_near(off.sqnr_db, 20));  // 25 against 0.25.
  CHECK(is_near(off.cosine, 25 / (5 * std::sqrt(25.25))));
  CHECK(off.worst == "output 0 at [0, 2]");
}

TEST(a_large_output_hides_no_error_of_a_small_one) {
  std::vector<Comparison> outputs(2);
  CHECK(outputs[0].add("output 0", floats({2}, {3000, 4000}), floats({2}, {3000, 4000}), false, false).ok());
  CHECK(outputs[1].add("output 1", floats({2}, {0.3F, 0.4F}), floats({2}, {0.4F, 0.3F}), false, false).ok());
  const Figures figures = furthest_off(outputs);
  CHECK(is_near(figures.relative_error, 0.25));
  CHECK(figures.sqnr_db < 11 && figures.worst == "output 1 at [0]");
}

TEST(truths_and_indices_are_counted_and_samples_compared) {
  const std::vector<uint8_t> ten(10, 200);
  std::vector<uint8_t> other(10, 200);
  other[3] = 199;
  std::vector<Comparison> outputs(3);
  CHECK(outputs[0].add("output 0", {{'b', 1}, {10}, ten}, {{'b', 1}, {10}, ten}, false, false).ok());
  CHECK(outputs[1].add("output 1", {{'b', 1}, {10}, ten}, {{'b', 1}, {10}, other}, false, false).ok());
  CHECK(outputs[2].add("output 2", {{'u', 1}, {10}, ten}, {{'u', 1}, {10}, other}, false, false).ok());
  CHECK(outputs[1].figures().sqnr_db == 200 && outputs[1].figures().relative_error == 0);
  CHECK(is_near(outputs[2].figures().sqnr_db, 10 * std::log10(400000)) && outputs[2].figures().values.total == 0);
  const Figures figures = furthest_off(outputs);
  CHECK(figures.values.equal == 9 && figures.values.total == 10);
  CHECK(furthest_off({outputs[0], outputs[1]}).worst == "output 1 at [3]");
  CHECK(judge(figures, {{"equal", 0.9}}).empty());
  const auto failed = judge(figures, {{"equal", 0.99}});
  CHECK(failed.size() == 1 && failed[0] == "9 of 10 indices or truths equal, must be 10");
}

TEST(values_that_are_not_finite_never_pass) {
  const Figures broken = compared({1, 2}, {1, std::numeric_limits<float>::quiet_NaN()});
  CHECK(broken.non_finite == 1);
  const auto failed = judge(broken, {});
  CHECK(failed.size() == 1 && failed[0] == "1 values are not finite, must be 0");
}

TEST(bounds_say_both_numbers) {
  const Figures off = compared({3, -4, 0}, {3, -4, 0.5F});
  CHECK(judge(off, {{"relative_error", 0.2}, {"sqnr_db", 15}, {"cosine", 0.9}}).empty());
  const auto failed = judge(off, {{"max_abs_error", 0.1}, {"sqnr_db", 60}});
  CHECK(failed.size() == 2);
  CHECK(failed[0] == "largest error is 0.5, must be at most 0.1");
  CHECK(failed[1] == "signal to noise in dB is 20, must be at least 60");
}

TEST(counts_are_shares_up_to_one_and_counts_above) {
  Figures tokens;
  tokens.tokens = {23, 24};
  const auto failed = judge(tokens, {{"tokens_equal", 1.0}});
  CHECK(failed.size() == 1 && failed[0] == "23 of 24 tokens equal, must be 24");
  CHECK(judge(tokens, {{"tokens_equal", 0.9}}).empty());
  CHECK(judge(tokens, {{"tokens_equal", 20}}).empty());
}

TEST(arrays_of_other_form_are_no_pair) {
  Comparison comparison;
  const auto status = comparison.add("output 0", floats({1, 2}, {1, 2}), floats({2}, {1, 2}), false, true);
  CHECK(status.message() == "output 0 must be float32[1, 2], is float32[2]");
}

TEST(a_tolerance_that_could_not_fail_is_a_mistake) {
  Tolerance tolerance;
  CHECK(parse_tolerance("sqnr_db=60", &tolerance).ok() && tolerance.bound == 60);
  CHECK(parse_tolerance("max_abs_error=0", &tolerance).ok());
  CHECK(mistake("cosine=0") == "tolerance 'cosine' must be a finite number above 0, is '0'");
  CHECK(!mistake("sqnr_db=inf").empty() && !mistake("sqnr_db=").empty() && !mistake("sqnr_db=6x").empty());
  CHECK(mistake("snr=6").find("max_abs_error") != std::string::npos);
}

TEST(the_token_is_the_first_largest_of_the_last_row) {
  CHECK(largest_in_last_row(floats({2, 3}, {9, 0, 0, 1, 5, 5}), false) == 1);
  CHECK(largest_in_last_row(floats({0}, {}), false) == -1);
}

TEST(bits_of_bfloat16_are_numbers) {
  const NpyArray array{{'u', 2}, {2}, {0x80, 0x3f, 0x20, 0xc1}};
  CHECK(elements_of(array, true) == (std::vector<double>{1, -10}));
  CHECK(elements_of(array, false) == (std::vector<double>{0x3f80, 0xc120}));
}

TEST(a_seed_gives_the_same_inputs_everywhere) {
  const std::vector<double> values = elements_of(random_array({'f', 4}, false, {1000}, 7), false);
  CHECK(values[0] == -4107.0 / 4096);
  double sum = 0;
  double squares = 0;
  for (double value : values) {
    sum += value;
    squares += value * value;
  }
  CHECK(std::fabs(sum / 1000) < 0.1 && std::fabs(squares / 1000 - 1) < 0.2);
  for (double value : elements_of(random_array({'i', 8}, false, {64}, 7), false)) CHECK(value == 0 || value == 1);
  CHECK(random_array({'f', 2}, false, {4}, 1).bytes != random_array({'f', 2}, false, {4}, 2).bytes);
}

TEST_MAIN()
