#include "greedy_comparison.h"

#include <algorithm>
#include <cmath>

#include "safetensors.h"
#include "sampler.h"

namespace etbuild::runner {
namespace {

// The greatest difference; infinite if something is not a number.
double farthest(const Logits& logits, const float* expected) {
  double most = 0;
  for (size_t index = 0; index < logits.size; ++index) {
    const double difference = std::abs(double{logits.data[index]} - double{expected[index]});
    if (std::isnan(difference)) return INFINITY;
    most = std::max(most, difference);
  }
  return most;
}

Status take(const Safetensors& file, Reference* reference) {
  std::vector<int64_t> ids;
  Status status = file.get("input_ids", &ids);
  if (status.ok()) status = file.get("tokens", &reference->tokens);
  if (status.ok()) status = file.get("logits", &reference->logits);
  reference->prompt.assign(ids.begin(), ids.end());
  return status;
}

}  // namespace

Status read_reference(const std::string& path, Reference* reference) {
  Safetensors file;
  const Status status = Safetensors::read(path, &file);
  return status.ok() ? take(file, reference) : status;
}

Status read_reference(const void* data, size_t size, Reference* reference) {
  Safetensors file;
  const std::string_view content(static_cast<const char*>(data), size);
  const Status status = Safetensors::parse(content, "the reference in memory", &file);
  return status.ok() ? take(file, reference) : status;
}

Status compare_greedy(TextProgram* program, const Reference& reference, size_t count, double tolerance, double* error) {
  const size_t recorded = reference.tokens.size();
  if (count < 1 || recorded < count) {
    return {StatusCode::kBadArgument,
            "the reference must have " + std::to_string(count) + " tokens, has " + std::to_string(recorded)};
  }
  *error = 0;
  Logits logits;
  Status status = program->feed(reference.prompt, &logits);
  Sampler greedy({});
  for (size_t index = 0; index < count && status.ok(); ++index) {
    if (logits.size * recorded != reference.logits.size()) {
      return {StatusCode::kUnsuitable, "program and reference must have one vocabulary"};
    }
    *error = std::max(*error, farthest(logits, &reference.logits[index * logits.size]));
    const int32_t token = greedy.choose(logits.data, logits.size);
    const std::string which = "token " + std::to_string(index + 1) + " of " + std::to_string(count);
    if (token != reference.tokens[index]) {
      return {StatusCode::kFailed,
              which + " must be " + std::to_string(reference.tokens[index]) + ", is " + std::to_string(token)};
    }
    if (!(*error <= tolerance)) return {StatusCode::kFailed, "the logits before " + which + " are too far off"};
    if (index + 1 < count) status = program->feed({token}, &logits);
  }
  return status;
}

}  // namespace etbuild::runner
