// Functions of rows against double, for all levels that this CPU has.

#include "vectors.h"

#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>
#include <vector>

#include "check.h"
#include "levels.h"
#include "random_floats.h"

namespace etbuild::kernels::math {
namespace {

#if defined(__x86_64__)
constexpr int kFast = 1;
#else
constexpr int kFast = 50;  // Below an emulator, fewer numbers do.
#endif

const Level kLevels[] = {Level::kBaseline, Level::kAvx2, Level::kAvx512};

float from_bits(uint32_t bits) {
  float number;
  std::memcpy(&number, &bits, sizeof(number));
  return number;
}

// The distance of the results from `want`, in units in the last place of a float of that size.
double units(float got, double want) {
  if (std::isnan(want)) return std::isnan(got) ? 0 : 1e9;
  const auto rounded = static_cast<float>(want);
  if (std::isinf(rounded) || std::isinf(got)) return got == rounded ? 0 : 1e9;
  int exponent = 0;
  std::frexp(want, &exponent);
  const double unit = std::ldexp(1.0, (exponent < -125 ? -125 : exponent) - 24);
  return std::fabs(static_cast<double>(got) - want) / unit;
}

// Numbers of all sizes, and more of those where functions bend.
std::vector<float> arguments() {
  std::vector<float> numbers;
  const uint32_t step = 4321 * kFast;
  for (uint64_t bits = 0; bits < 0x100000000U; bits += step) {
    const float number = from_bits(static_cast<uint32_t>(bits));
    if (!std::isnan(number)) numbers.push_back(number);
  }
  RandomNumbers random(5);
  for (const float size : {0.5f, 2.0f, 12.0f, 110.0f}) {
    for (int i = 0; i < 100000 / kFast; ++i) numbers.push_back(random.between(-size, size));
  }
  for (const float number : {0.0f, -0.0f, INFINITY, -INFINITY, NAN, 88.7f, 88.8f, -87.4f, -103.9f}) {
    numbers.push_back(number);
  }
  return numbers;
}

using RowFn = void (*)(const float* from, float* to, ptrdiff_t count);

void check_function(const char* name, RowFn function, double (*reference)(double), double bound) {
  const std::vector<float> numbers = arguments();
  std::vector<float> results(numbers.size());
  for (const Level level : kLevels) {
    if (!force_level(level)) continue;
    function(numbers.data(), results.data(), static_cast<ptrdiff_t>(numbers.size()));
    double worst = 0;
    float where = 0;
    for (size_t i = 0; i < numbers.size(); ++i) {
      const double error = units(results[i], reference(static_cast<double>(numbers[i])));
      if (error > worst) {
        worst = error;
        where = numbers[i];
      }
    }
    CHECK(worst <= bound);
    std::printf("%s, level %d: %.2f units at %.9g\n", name, static_cast<int>(level), worst, static_cast<double>(where));
  }
}

double sigmoid(double x) { return x < -88.7 ? 0 : 1 / (1 + std::exp(-x)); }

double silu(double x) { return x < -88.7 ? (std::isinf(x) ? NAN : -0.0) : x / (1 + std::exp(-x)); }

TEST(exp_is_within_1_unit) {
  check_function(
      "exp", exp_row, [](double x) { return std::exp(x); }, 1);
}

TEST(tanh_is_within_2_units) {
  check_function(
      "tanh", tanh_row, [](double x) { return std::tanh(x); }, 2);
}

TEST(sigmoid_is_within_3_units) { check_function("sigmoid", sigmoid_row, sigmoid, 3); }

TEST(silu_is_within_3_units) { check_function("silu", silu_row, silu, 3); }

TEST(erf_is_within_3_units) {
  check_function(
      "erf", erf_row, [](double x) { return std::erf(x); }, 3);
}

TEST(gelu_is_within_its_argument_by_two_to_the_22) {
  const std::vector<float> numbers = arguments();
  std::vector<float> exact(numbers.size()), approximate(numbers.size());
  for (const Level level : kLevels) {
    if (!force_level(level)) continue;
    gelu_row(numbers.data(), exact.data(), static_cast<ptrdiff_t>(numbers.size()));
    gelu_tanh_row(numbers.data(), approximate.data(), static_cast<ptrdiff_t>(numbers.size()));
    double worst = 0, worst_approximate = 0;
    for (size_t i = 0; i < numbers.size(); ++i) {
      const auto x = static_cast<double>(numbers[i]);
      if (!(std::fabs(x) < 1e10) || std::fabs(x) < 1e-30) continue;
      const double want = x * 0.5 * std::erfc(-x * 0.70710678118654752);
      const double want_approximate = 0.5 * x * (1 + std::tanh(0.79788456080286536 * (x + 0.044715 * x * x * x)));
      const double error = std::fabs(static_cast<double>(exact[i]) - want) / std::fabs(x) * 4194304;
      const double error_approximate =
          std::fabs(static_cast<double>(approximate[i]) - want_approximate) / std::fabs(x) * 4194304;
      worst = error > worst ? error : worst;
      worst_approximate = error_approximate > worst_approximate ? error_approximate : worst_approximate;
    }
    CHECK(worst <= 1);
    CHECK(worst_approximate <= 1);
    std::printf("gelu, level %d: %.2f, by tanh %.2f\n", static_cast<int>(level), worst, worst_approximate);
    float special[] = {NAN, INFINITY, 0.0f};
    gelu_row(special, special, 3);
    CHECK(std::isnan(special[0]) && special[1] == INFINITY && special[2] == 0);
  }
}

TEST(an_elements_place_in_the_row_changes_no_bit) {
  RandomNumbers random(6);
  const std::vector<float> numbers = random.floats(70, -5, 5);
  const RowFn functions[] = {exp_row, tanh_row, sigmoid_row, silu_row, erf_row, gelu_row, gelu_tanh_row};
  for (const Level level : kLevels) {
    if (!force_level(level)) continue;
    for (const RowFn function : functions) {
      std::vector<float> whole(70);
      function(numbers.data(), whole.data(), 70);
      for (ptrdiff_t start = 0; start < 20; ++start) {
        for (ptrdiff_t count = 0; count + start <= 50; ++count) {
          std::vector<float> part(static_cast<size_t>(count) + 1, 7.0f);
          function(numbers.data() + start, part.data(), count);
          CHECK(part.back() == 7.0f);
          CHECK(std::memcmp(part.data(), whole.data() + start, static_cast<size_t>(count) * sizeof(float)) == 0);
        }
      }
    }
  }
}

TEST(sums_and_maxima_are_those_of_the_row) {
  RandomNumbers random(7);
  for (const Level level : kLevels) {
    if (!force_level(level)) continue;
    CHECK(sum_row(nullptr, 0) == 0);
    CHECK(max_row(nullptr, 0) == -INFINITY);
    for (ptrdiff_t count = 1; count < 200; count += 1 + count / 30) {
      const std::vector<float> row = random.floats(count, -3, 3);
      double sum = 0, squares = 0;
      float most = -INFINITY;
      for (const float number : row) {
        sum += static_cast<double>(number);
        squares += static_cast<double>(number) * static_cast<double>(number);
        most = number > most ? number : most;
      }
      const double allowed = 1e-6 * static_cast<double>(count);
      CHECK(std::fabs(static_cast<double>(sum_row(row.data(), count)) - sum) < allowed);
      CHECK(std::fabs(static_cast<double>(sum_of_squares_row(row.data(), count)) - squares) < 3 * allowed);
      CHECK(max_row(row.data(), count) == most);
    }
  }
}

TEST(clamp_keeps_what_is_within_its_bounds_and_nan) {
  const float row[] = {-2.0F, -0.0F, 0.5F, 7.0F, NAN, INFINITY, -INFINITY, 6.0F, 1.0F};
  const float bounded[] = {0.0F, -0.0F, 0.5F, 6.0F, NAN, 6.0F, 0.0F, 6.0F, 1.0F};
  for (const Level level : kLevels) {
    if (!force_level(level)) continue;
    float out[9];
    clamp_row(row, 0.0F, 6.0F, out, 9);
    for (int i = 0; i < 9; ++i) {
      CHECK(std::isnan(bounded[i]) ? std::isnan(out[i]) : out[i] == bounded[i]);
      CHECK(std::isnan(bounded[i]) || std::signbit(out[i]) == std::signbit(bounded[i]));
    }
  }
}

TEST(softmax_sums_to_one_and_follows_the_exponentials) {
  RandomNumbers random(8);
  for (const Level level : kLevels) {
    if (!force_level(level)) continue;
    for (ptrdiff_t count = 1; count < 300; count += 1 + count / 20) {
      const std::vector<float> row = random.floats(count, -9, 9);
      std::vector<float> out = row, logs(row.size());
      softmax_row(out.data(), out.data(), count);
      log_softmax_row(row.data(), logs.data(), count);
      double total = 0;
      for (const float number : row) total += std::exp(static_cast<double>(number));
      for (size_t i = 0; i < row.size(); ++i) {
        const double want = std::exp(static_cast<double>(row[i])) / total;
        CHECK(std::fabs(static_cast<double>(out[i]) - want) <= 6e-8 * (18 + 8) * want);
        CHECK(std::fabs(static_cast<double>(logs[i]) - std::log(want)) < 3e-6);
      }
    }
    float infinite[] = {0, INFINITY, 1};
    softmax_row(infinite, infinite, 3);
    CHECK(std::isnan(infinite[1]));
    float masked[] = {-INFINITY, 2, -INFINITY};
    softmax_row(masked, masked, 3);
    CHECK(masked[0] == 0 && masked[1] == 1 && masked[2] == 0);
    float broken[] = {1, NAN, 2};
    softmax_row(broken, broken, 3);
    CHECK(std::isnan(broken[0]) && std::isnan(broken[1]) && std::isnan(broken[2]));
  }
}

TEST(norms_have_the_mean_and_the_size_that_they_promise) {
  RandomNumbers random(9);
  for (const Level level : kLevels) {
    if (!force_level(level)) continue;
    for (ptrdiff_t count = 1; count < 300; count += 1 + count / 20) {
      const std::vector<float> row = random.floats(count, -1, 4), weight = random.floats(count);
      const std::vector<float> bias = random.floats(count);
      std::vector<float> out(row.size()), plain(row.size()), rms(row.size());
      const Moments moments = layer_norm_row(row.data(), weight.data(), bias.data(), 1e-5f, out.data(), count);
      layer_norm_row(row.data(), nullptr, nullptr, 1e-5f, plain.data(), count);
      rms_norm_row(row.data(), weight.data(), 1e-5f, rms.data(), count);
      double mean = 0, variance = 0, squares = 0;
      for (const float number : row) {
        mean += static_cast<double>(number) / static_cast<double>(count);
        squares += static_cast<double>(number) * static_cast<double>(number) / static_cast<double>(count);
      }
      for (const float number : row) {
        variance +=
            (static_cast<double>(number) - mean) * (static_cast<double>(number) - mean) / static_cast<double>(count);
      }
      const double factor = 1 / std::sqrt(variance + 1e-5);
      CHECK(std::fabs(static_cast<double>(moments.mean) - mean) < 1e-5);
      CHECK(std::fabs(static_cast<double>(moments.reciprocal_deviation) / factor - 1) < 1e-5);
      for (size_t i = 0; i < row.size(); ++i) {
        const double want = (static_cast<double>(row[i]) - mean) * factor;
        const double allowed = 2e-6 * (1 + factor);
        CHECK(std::fabs(static_cast<double>(plain[i]) - want) < allowed);
        const double weighted = want * static_cast<double>(weight[i]) + static_cast<double>(bias[i]);
        CHECK(std::fabs(static_cast<double>(out[i]) - weighted) < allowed);
        const double root = static_cast<double>(row[i]) / std::sqrt(squares + 1e-5) * static_cast<double>(weight[i]);
        CHECK(std::fabs(static_cast<double>(rms[i]) - root) < 1e-5);
      }
    }
  }
}

}  // namespace
}  // namespace etbuild::kernels::math

TEST_MAIN()
