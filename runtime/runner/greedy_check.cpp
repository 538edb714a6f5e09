// greedy_check: holds a program against what its model said in eager PyTorch: the greedy tokens, and the logits before
// each. Prints what it measured; exit code 1 if something is off.
//
// greedy_check --model FILE.pte --reference FILE.safetensors [--tokens N] [--tolerance X]

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>

#include "llama_kernels.h"
#include "quiet_runtime.h"
#include "safetensors.h"
#include "sampler.h"
#include "text_program.h"

namespace etbuild::runner {
namespace {

// What the model said in eager PyTorch.
struct Reference {
  std::vector<int32_t> prompt;
  std::vector<int64_t> tokens;
  std::vector<float> logits;  // A row before each token.
};

Status read_reference(const std::string& path, Reference* reference) {
  Safetensors file;
  std::vector<int64_t> ids;
  Status status = Safetensors::read(path, &file);
  if (status.ok()) status = file.get("input_ids", &ids);
  if (status.ok()) status = file.get("tokens", &reference->tokens);
  if (status.ok()) status = file.get("logits", &reference->logits);
  reference->prompt.assign(ids.begin(), ids.end());
  return status;
}

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

Status check(TextProgram* program, const Reference& reference, size_t count, double tolerance) {
  if (count < 1 || reference.tokens.size() < count) {
    return {StatusCode::kBadArgument, "the reference must have " + std::to_string(count) + " tokens, has " +
                                          std::to_string(reference.tokens.size())};
  }
  Logits logits;
  Status status = program->feed(reference.prompt, &logits);
  Sampler greedy({});
  double error = 0;
  for (size_t index = 0; index < count && status.ok(); ++index) {
    if (logits.size != reference.logits.size() / reference.tokens.size()) {
      return {StatusCode::kUnsuitable, "program and reference must have one vocabulary"};
    }
    error = std::max(error, farthest(logits, &reference.logits[index * logits.size]));
    const int32_t token = greedy.choose(logits.data, logits.size);
    std::printf("token %zu: %d, largest logit error so far %.2e (allowed %.0e)\n", index + 1, token, error, tolerance);
    if (token != reference.tokens[index]) {
      return {StatusCode::kFailed, "token " + std::to_string(index + 1) + " of " + std::to_string(count) + " must be " +
                                       std::to_string(reference.tokens[index]) + " as in eager, is " +
                                       std::to_string(token)};
    }
    if (!(error <= tolerance)) return {StatusCode::kFailed, "the logits are not those of eager"};
    if (index + 1 < count) status = program->feed({token}, &logits);
  }
  if (status.ok()) std::printf("%zu of %zu greedy tokens equal\n", count, count);
  return status;
}

int complain(const Status& status) {
  std::printf("error: %s\n%s", status.message().c_str(), kept_runtime_messages().c_str());
  return 1;
}

int start(int count, char** words) {
  keep_runtime_messages();
  std::map<std::string, std::string> options = {{"--tokens", "24"}, {"--tolerance", "1e-3"}};
  for (int index = 1; index + 1 < count; index += 2) options[words[index]] = words[index + 1];
  if (kernels::llama::register_llama_kernels() != executorch::runtime::Error::Ok) return 1;
  Reference reference;
  Status status = read_reference(options["--reference"], &reference);
  std::unique_ptr<TextProgram> program;
  if (status.ok()) status = TextProgram::load(options["--model"], "forward", &program);
  if (status.ok()) {
    status = check(program.get(), reference, std::strtoul(options["--tokens"].c_str(), nullptr, 10),
                   std::strtod(options["--tolerance"].c_str(), nullptr));
  }
  return status.ok() ? 0 : complain(status);
}

}  // namespace
}  // namespace etbuild::runner

int main(int count, char** words) { return etbuild::runner::start(count, words); }
