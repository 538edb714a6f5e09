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
  double Figures::*value;
  Count Figures::*count;
};

constexpr Figure kFigures[] = {
    {"tokens_equal", "tokens equal", true, nullptr, &Figures::tokens},
    {"top1", "first places equal", true, nullptr, &Figures::top1},
    {"equal", "indices or truths equal", true, nullptr, &Figures::values},
    {"max_abs_error", "largest error", false, &Figures::max_abs_error, nullptr},
    {"relative_error", "largest error relative to the largest value", false, &Figures::relative_error, nullptr},
    {"sqnr_db", "signal to noise in dB", true, &Figures::sqnr_db, nullptr},
    {"cosine", "least cosine", true, &Figures::cosine, nullptr},
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

// Both return what is not kept, in words; nothing if it is.
std::string judge_count(const Figure& figure, double bound, const Count& count) {
  const auto total = static_cast<double>(count.total);
  const double least = bound <= 1 ? std::ceil(bound * total - 1e-9) : std::min(std::floor(bound), total);
  if (static_cast<double>(count.equal) >= least) return "";
  return std::to_string(count.equal) + " of " + std::to_string(count.total) + " " + figure.noun + ", must be " +
         short_text(least);
}

std::string judge_value(const Figure& figure, double bound, double value) {
  if (figure.is_least ? value >= bound : value <= bound) return "";
  return std::string(figure.noun) + " is " + short_text(value) + ", must be " +
         (figure.is_least ? "at least " : "at most ") + short_text(bound);
}

// Whether a smaller share is equal than of the other.
bool is_less(const Count& count, const Count& other) {
  return count.total > 0 && (other.total == 0 || count.equal * other.total < other.equal * count.total);
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
    if (is_name) {
      ++values_.total;
      if (error == 0) ++values_.equal;
      continue;
    }
    largest_ = std::max(largest_, std::fabs(truth[index]));
    signal_ += truth[index] * truth[index];
    noise_ += error * error;
  }
  if (is_name) return {};
  cosine_ = std::min(cosine_, cosine_of(truth, got));
  const size_t length = row_length(expected);
  for (size_t begin = 0; first_places && length > 1 && begin + length <= truth.size(); begin += length) {
    ++top1_.total;
    if (place_of_largest(truth, begin, length) == place_of_largest(got, begin, length)) ++top1_.equal;
  }
  return {};
}

Figures Comparison::figures() const {
  Figures figures;
  figures.max_abs_error = max_abs_error_;
  // The least that whole numbers can differ by is no rounding.
  if (is_float_) figures.relative_error = largest_ > 0 ? max_abs_error_ / largest_ : max_abs_error_;
  figures.sqnr_db = decibels(signal_, noise_);
  figures.cosine = cosine_;
  figures.non_finite = non_finite_;
  figures.top1 = top1_;
  figures.values = values_;
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
    found.top1.equal += figures.top1.equal;
    found.top1.total += figures.top1.total;
    if (is_less(figures.values, found.values)) found.values = figures.values;
    if (figures.sqnr_db < found.sqnr_db || found.worst.empty()) found.worst = figures.worst;
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
    const std::string text = figure.count != nullptr ? judge_count(figure, tolerance.bound, figures.*figure.count)
                                                     : judge_value(figure, tolerance.bound, figures.*figure.value);
    if (!text.empty()) failed.push_back(text);
  }
  return failed;
}

std::string report(const Figures& figures) {
  std::string text = "max_abs_error " + short_text(figures.max_abs_error) + "  relative_error " +
                     short_text(figures.relative_error) + "  sqnr_db " + short_text(figures.sqnr_db) + "  cosine " +
                     short_text(figures.cosine);
  for (const Figure& figure : kFigures) {
    const Count count = figure.count != nullptr ? figures.*figure.count : Count();
    if (count.total == 0) continue;
    text += "  " + std::string(figure.name) + " " + std::to_string(count.equal) + "/" + std::to_string(count.total);
  }
  return figures.worst.empty() ? text : text + "  worst " + figures.worst;
}

}  // namespace etbuild::runner
