// Chooses the next token from logits. Knows no programs and no text.
//
// The same logits, options and seed give the same tokens on every device: probabilities are whole numbers, computed
// without the math library and without floating-point sums, whose results differ between devices.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace etbuild::runner {

// What transformers' generate() calls by the same names, applied in its order: the penalty, then temperature, top_k,
// top_p, min_p.
struct SamplerOptions {
  float temperature = 0;         // 0: always the likeliest token (the lowest id of equal ones).
  int32_t top_k = 0;             // Only the k likeliest; 0: all.
  float top_p = 1;               // The likeliest that together have this probability; 1: all.
  float min_p = 0;               // Only those with this part of the likeliest one's probability; 0: all.
  float repetition_penalty = 1;  // Above 1, tokens that were there already become less likely.
  uint64_t seed = 0;
};

// Returns in one line which option is out of bounds, or nothing.
std::string check_options(const SamplerOptions& options);

// One stream of random choices. Copying it copies its place in the stream.
class Sampler {
 public:
  explicit Sampler(const SamplerOptions& options) : options_(options), state_(options.seed) {}

  // Chooses among `size` logits, at least one; NaN and -infinity are never chosen, unless all are.
  int32_t choose(const float* logits, size_t size);

  // Takes note of a token of the text, for the repetition penalty.
  void note(int32_t token);

 private:
  struct Candidate {
    int32_t token;
    float logit;
    uint64_t weight;
  };

  float penalized(const float* logits, size_t token) const;
  int32_t likeliest(const float* logits, size_t size) const;
  void collect(const float* logits, size_t size);
  void keep_likely();
  uint64_t random();
  uint64_t random_below(uint64_t bound);

  SamplerOptions options_;
  uint64_t state_;
  std::vector<bool> is_noted_;
  std::vector<Candidate> candidates_;  // Kept between calls: as long as the vocabulary.
};

// e^x for x <= 0 in units of 2^-40, within 2 units; 0 below -28. For the sampler and its test.
uint64_t exp_in_units(double x);

}  // namespace etbuild::runner
