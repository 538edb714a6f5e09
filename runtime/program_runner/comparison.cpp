#include "comparison.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "elements.h"

namespace etbuild::runner {
namespace {

constexpr double kExactDb = 200;  // The signal to noise of equal values.

struct Figure {
  const char* name;
  const char* noun;
  bool is_least;  // The figure must be at least its bound.
};

constexpr Figure kFigures[] = {
    {"tokens_equal", "tokens equal", true},
    {"top1", "first places equal", true},
    {"max_abs_error", "largest error", false},
    {"relative_error", "largest error relative to the largest value", false},
    {"sqnr_db", "signal to noise in dB", true},
    {"cosine", "least cosine", true},
};

const Figure* find(const std::string& name) {
  for (const Figure& figure : kFigures) {
    if (name == figure.name) return &figure;
  }
  return nullptr;
}

std::string short_text(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3g", value);
  return text;
}

std::string place_of(size_t index, const std::vector<int64_t>& shape) {
  std::vector<int64_t> place(shape.size());
  for (size_t dimension = shape.size(); dimension-- > 0;) {
    place[dimension] = static_cast<int64_t>(index) % shape[dimension];
    index /= static_cast<size_t>(shape[dimension]);
  }
  return text_of(place);
}

size_t row_length(const NpyArray& array) { return array.shape.empty() ? 1 : static_cast<size_t>(array.shape.back()); }

size_t place_of_largest(const std::vector<double>& values, size_t begin, size_t length) {
  const auto first = values.begin() + static_cast<ptrdiff_t>(begin);
  return static_cast<size_t>(std::max_element(first, first + static_cast<ptrdiff_t>(length)) - first);
}

double cosine_of(const std::vector<double>& left, const std::vector<double>& right) {
  double product = 0;
  double first = 0;
  double second = 0;
  for (size_t index = 0; index < left.size(); ++index) {
    product += left[index] * right[index];
    first += left[index] * left[index];
    second += right[index] * right[index];
  }
  if (first == 0 || second == 0) return first == second ? 1 : 0;
  return std::clamp(product / (std::sqrt(first) * std::sqrt(second)), -1.0, 1.0);
}

double decibels(double signal, double noise) {
  if (noise == 0) return kExactDb;
  return signal == 0 ? -kExactDb : std::clamp(10 * std::log10(signal / noise), -kExactDb, kExactDb);
}

// Truths, indices and counts: of two that differ neither is near the other. Shorter integers are samples and pixels.
bool names_things(const NpyType& type) {
  return type.kind == 'b' || ((type.kind == 'i' || type.kind == 'u') && type.size >= 4);
}

std::string judge_count(const Figure& figure, double bound, int64_t value, int64_t total) {
  const double share = std::ceil(bound * static_cast<double>(total) - 1e-9);
  const double least = bound <= 1 ? share : std::min(std::floor(bound), static_cast<double>(total));
  if (static_cast<double>(value) >= least) return "";
  return std::to_string(value) + " of " + std::to_string(total) + " " + figure.noun + ", must be " + short_text(least);
}

}  // namespace

Status Comparison::add(const std::string& name, const NpyArray& expected, const NpyArray& result, bool is_bfloat16,
                       bool first_places) {
  if (!(expected.type == result.type) || expected.shape != result.shape) {
    return {StatusCode::kFailed, name + " must be " + name_of(expected.type) + text_of(expected.shape) + ", is " +
                                     name_of(result.type) + text_of(result.shape)};
  }
  const std::vector<double> truth = elements_of(expected, is_bfloat16);
  std::vector<double> got = elements_of(result, is_bfloat16);
  const bool is_name = names_things(expected.type);
  is_float_ = is_float_ && (expected.type.kind == 'f' || is_bfloat16);
  for (size_t index = 0; index < got.size(); ++index) {
    if (!std::isfinite(got[index])) {
      ++non_finite_;
      got[index] = 0;
    }
    const double error = std::fabs(truth[index] - got[index]);
    if (error > max_abs_error_) {
      max_abs_error_ = error;
      worst_ = name + " at " + place_of(index, expected.shape);
    }
    largest_ = std::max(largest_, std::fabs(truth[index]));
    signal_ += is_name ? 1 : truth[index] * truth[index];
    noise_ += is_name ? static_cast<double>(error != 0) : error * error;
  }
  cosine_ = std::min(cosine_, cosine_of(truth, got));
  const size_t length = row_length(expected);
  for (size_t begin = 0; first_places && length > 1 && begin + length <= truth.size(); begin += length) {
    ++top1_;
    if (place_of_largest(truth, begin, length) == place_of_largest(got, begin, length)) ++top1_equal_;
  }
  return {};
}

Figures Comparison::figures() const {
  Figures figures;
  figures.max_abs_error = max_abs_error_;
  // The least that whole numbers can differ by is no rounding: how many do is their signal to noise.
  if (is_float_) figures.relative_error = largest_ > 0 ? max_abs_error_ / largest_ : max_abs_error_;
  figures.sqnr_db = decibels(signal_, noise_);
  figures.cosine = cosine_;
  figures.non_finite = non_finite_;
  figures.top1_equal = top1_equal_;
  figures.top1 = top1_;
  figures.worst = worst_;
  return figures;
}

Figures furthest_off(const std::vector<Comparison>& outputs) {
  Figures found;
  for (const Comparison& output : outputs) {
    const Figures figures = output.figures();
    found.max_abs_error = std::max(found.max_abs_error, figures.max_abs_error);
    found.relative_error = std::max(found.relative_error, figures.relative_error);
    found.cosine = std::min(found.cosine, figures.cosine);
    found.non_finite += figures.non_finite;
    found.top1_equal += figures.top1_equal;
    found.top1 += figures.top1;
    if (figures.sqnr_db < found.sqnr_db) found.worst = figures.worst;
    found.sqnr_db = std::min(found.sqnr_db, figures.sqnr_db);
  }
  return found;
}

int64_t largest_in_last_row(const NpyArray& array, bool is_bfloat16) {
  const std::vector<double> values = elements_of(array, is_bfloat16);
  const size_t length = std::min(row_length(array), values.size());
  return length == 0 ? -1 : static_cast<int64_t>(place_of_largest(values, values.size() - length, length));
}

Status parse_tolerance(const std::string& text, Tolerance* tolerance) {
  const size_t equals = text.find('=');
  tolerance->figure = text.substr(0, equals);
  const Figure* const figure = find(tolerance->figure);
  if (equals == std::string::npos || figure == nullptr) {
    std::string names;
    for (const Figure& each : kFigures) names += (names.empty() ? "" : ", ") + std::string(each.name);
    return {StatusCode::kBadArgument, "a tolerance must be FIGURE=BOUND with one of " + names + ", is '" + text + "'"};
  }
  const std::string number = text.substr(equals + 1);
  char* end = nullptr;
  tolerance->bound = std::strtod(number.c_str(), &end);
  const bool is_number = !number.empty() && *end == '\0' && std::isfinite(tolerance->bound);
  if (is_number && tolerance->bound >= 0 && (tolerance->bound > 0 || !figure->is_least)) return {};
  return {StatusCode::kBadArgument, "tolerance '" + tolerance->figure + "' must be a finite number " +
                                        (figure->is_least ? "above 0" : "from 0") + ", is '" + number + "'"};
}

std::vector<std::string> judge(const Figures& figures, const std::vector<Tolerance>& tolerances) {
  std::vector<std::string> failed;
  if (figures.non_finite != 0) {
    failed.push_back(std::to_string(figures.non_finite) + " values are not finite, must be 0");
  }
  for (const Tolerance& tolerance : tolerances) {
    const Figure& figure = *find(tolerance.figure);
    if (tolerance.figure == "top1" || tolerance.figure == "tokens_equal") {
      const bool is_rows = tolerance.figure == "top1";
      const std::string text = judge_count(figure, tolerance.bound, is_rows ? figures.top1_equal : figures.tokens_equal,
                                           is_rows ? figures.top1 : figures.tokens);
      if (!text.empty()) failed.push_back(text);
      continue;
    }
    const double value = tolerance.figure == "max_abs_error"    ? figures.max_abs_error
                         : tolerance.figure == "relative_error" ? figures.relative_error
                         : tolerance.figure == "sqnr_db"        ? figures.sqnr_db
                                                                : figures.cosine;
    if (figure.is_least ? value >= tolerance.bound : value <= tolerance.bound) continue;
    failed.push_back(std::string(figure.noun) + " is " + short_text(value) + ", must be " +
                     (figure.is_least ? "at least " : "at most ") + short_text(tolerance.bound));
  }
  return failed;
}

std::string report(const Figures& figures) {
  std::string text = "max_abs_error " + short_text(figures.max_abs_error) + "  relative_error " +
                     short_text(figures.relative_error) + "  sqnr_db " + short_text(figures.sqnr_db) + "  cosine " +
                     short_text(figures.cosine);
  if (figures.top1 != 0) {
    text += "  top1 " + std::to_string(figures.top1_equal) + "/" + std::to_string(figures.top1);
  }
  if (figures.tokens != 0) {
    text += "  tokens_equal " + std::to_string(figures.tokens_equal) + "/" + std::to_string(figures.tokens);
  }
  return figures.worst.empty() ? text : text + "  worst " + figures.worst;
}

}  // namespace etbuild::runner
