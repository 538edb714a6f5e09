#include "sampler.h"

#include <algorithm>
#include <cmath>

namespace etbuild::runner {
namespace {

constexpr int kUnitBits = 40;
constexpr float kNever = -INFINITY;

// 2^f for -1/2 <= f <= 1/2, both in units of 2^-40, by its series; 30 bits a step keep the products in 64.
int64_t exp2_of_fraction(int64_t fraction) {
  constexpr int kStepBits = 30;
  // (log 2)^n / n! in units of 2^-30, from n = 9 down to 0.
  constexpr int64_t kSeries[] = {109,      1419,     16377,     165394,    1431680,
                                 10327387, 59597083, 257941248, 744261118, int64_t{1} << kStepBits};
  const int64_t step = fraction >> (kUnitBits - kStepBits);
  int64_t sum = 0;
  for (int64_t term : kSeries) sum = term + ((sum * step) >> kStepBits);
  return sum << (kUnitBits - kStepBits);
}

}  // namespace

uint64_t exp_in_units(double x) {
  if (!(x > -28.0)) return 0;
  // One product, rounded as IEEE says: nothing here that a compiler could fuse.
  const double scaled = x * (1.4426950408889634 * (int64_t{1} << kUnitBits));
  const int64_t power = static_cast<int64_t>(scaled);
  const int64_t whole = (power + (int64_t{1} << (kUnitBits - 1))) >> kUnitBits;
  const int64_t result = exp2_of_fraction(power - (whole << kUnitBits));
  return static_cast<uint64_t>(whole >= 0 ? result : result >> -whole);
}

std::string check_options(const SamplerOptions& options) {
  if (!(options.temperature >= 0 && options.temperature <= 100)) return "temperature must be from 0 to 100";
  if (options.top_k < 0) return "top-k must not be negative";
  if (!(options.top_p > 0 && options.top_p <= 1)) return "top-p must be above 0 and at most 1";
  if (!(options.min_p >= 0 && options.min_p <= 1)) return "min-p must be from 0 to 1";
  if (!(options.repetition_penalty > 0 && options.repetition_penalty <= 100)) {
    return "repetition-penalty must be above 0 and at most 100";
  }
  return "";
}

void Sampler::note(int32_t token) {
  if (token < 0) return;
  if (static_cast<size_t>(token) >= is_noted_.size()) is_noted_.resize(token + 1);
  is_noted_[token] = true;
}

float Sampler::penalized(const float* logits, size_t token) const {
  const float logit = std::isnan(logits[token]) ? kNever : logits[token];
  if (options_.repetition_penalty == 1 || token >= is_noted_.size() || !is_noted_[token]) return logit;
  return logit > 0 ? logit / options_.repetition_penalty : logit * options_.repetition_penalty;
}

int32_t Sampler::choose(const float* logits, size_t size) {
  if (options_.temperature == 0) return likeliest(logits, size);
  collect(logits, size);
  keep_likely();
  uint64_t total = 0;
  for (const Candidate& candidate : candidates_) total += candidate.weight;
  uint64_t at = random_below(total);
  for (const Candidate& candidate : candidates_) {
    if (at < candidate.weight) return candidate.token;
    at -= candidate.weight;
  }
  return candidates_.back().token;
}

int32_t Sampler::likeliest(const float* logits, size_t size) const {
  size_t best = 0;
  float most = kNever;
  for (size_t token = 0; token < size; ++token) {
    const float logit = options_.repetition_penalty == 1 ? logits[token] : penalized(logits, token);
    if (logit > most) {  // Never true for NaN.
      most = logit;
      best = token;
    }
  }
  return static_cast<int32_t>(best);
}

void Sampler::collect(const float* logits, size_t size) {
  candidates_.clear();
  float most = kNever;
  for (size_t token = 0; token < size; ++token) most = std::max(most, penalized(logits, token));
  for (size_t token = 0; token < size; ++token) {
    const float logit = penalized(logits, token);
    // Infinities would give NaN: the greatest logit's weight is 1 whatever it is.
    const double behind = logit == most ? 0.0 : double{logit} - double{most};
    candidates_.push_back({static_cast<int32_t>(token), logit, exp_in_units(behind / options_.temperature)});
  }
}

// Leaves the candidates that the options keep, always at least one.
void Sampler::keep_likely() {
  const auto likelier = [](const Candidate& left, const Candidate& right) {
    return left.logit > right.logit || (left.logit == right.logit && left.token < right.token);
  };
  const size_t count = candidates_.size();
  const size_t top_k = options_.top_k == 0 ? count : std::min<size_t>(options_.top_k, count);
  const bool is_cut = options_.top_p < 1 || options_.min_p > 0;
  if (top_k == count && !is_cut) return;
  std::partial_sort(candidates_.begin(), candidates_.begin() + top_k, candidates_.end(), likelier);
  candidates_.resize(top_k);
  uint64_t total = 0;
  for (const Candidate& candidate : candidates_) total += candidate.weight;
  const double enough = options_.top_p < 1 ? static_cast<double>(total) * double{options_.top_p} : INFINITY;
  size_t kept = 0;
  for (uint64_t sum = 0; kept < top_k && static_cast<double>(sum) < enough; ++kept) sum += candidates_[kept].weight;
  const double least = static_cast<double>(candidates_[0].weight) * double{options_.min_p};
  while (kept > 1 && static_cast<double>(candidates_[kept - 1].weight) < least) --kept;
  candidates_.resize(std::max<size_t>(kept, 1));
}

// SplitMix64: a counter whose values are mixed. Passes the usual tests, needs 8 bytes of state.
uint64_t Sampler::random() {
  uint64_t value = state_ += 0x9E3779B97F4A7C15;
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
  return value ^ (value >> 31);
}

// bound * r / 2^32 for 32 random bits, in products of 32 bits. A remainder would do too, but then a last digit of the
// bound would decide about the token.
uint64_t Sampler::random_below(uint64_t bound) {
  const uint64_t bits = random() >> 32;
  return bits * (bound >> 32) + ((bits * (bound & 0xFFFFFFFF)) >> 32);
}

}  // namespace etbuild::runner
