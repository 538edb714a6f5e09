// greedy_check: holds a program against what its graph gave on the machine that built it: the logits behind the prompt,
// and the greedy tokens. Prints what it measured; exit code 1 if something is off.
//
// greedy_check --model FILE.pte --inputs FILE --expected FILE [--tokens N] [--tolerance X]

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

struct Recorded {
  std::vector<int32_t> prompt;
  std::vector<float> logits;  // Behind the prompt's last token.
  std::vector<int64_t> tokens;
};

Status read_recorded(const std::string& inputs, const std::string& expected, Recorded* recorded) {
  Safetensors file;
  std::vector<int64_t> ids;
  Status status = Safetensors::read(inputs, &file);
  if (status.ok()) status = file.get("0/input_ids", &ids);
  if (status.ok()) status = Safetensors::read(expected, &file);
  if (status.ok()) status = file.get("0/tokens", &recorded->tokens);
  if (status.ok()) status = file.get("0/graph/0", &recorded->logits);
  recorded->prompt.assign(ids.begin(), ids.end());
  return status;
}

// The greatest difference; infinite if something is not a number, or missing.
double farthest(const Logits& logits, const std::vector<float>& expected) {
  if (expected.size() < logits.size || logits.size == 0) return INFINITY;
  const float* last_row = expected.data() + (expected.size() - logits.size);
  double most = 0;
  for (size_t index = 0; index < logits.size; ++index) {
    const double difference = std::abs(double{logits.data[index]} - double{last_row[index]});
    most = difference <= most ? most : difference;
    if (std::isnan(difference)) return INFINITY;
  }
  return most;
}

Status check(TextProgram* program, const Recorded& recorded, size_t count, double tolerance) {
  Logits logits;
  Status status = program->feed(recorded.prompt, &logits);
  if (!status.ok()) return status;
  const double error = farthest(logits, recorded.logits);
  std::printf("largest logit error %.2e (allowed %.0e)\n", error, tolerance);
  if (!(error <= tolerance)) return {StatusCode::kFailed, "the logits are not the graph's"};
  Sampler greedy({});
  for (size_t index = 0; index < count; ++index) {
    const int32_t token = greedy.choose(logits.data, logits.size);
    if (index >= recorded.tokens.size() || token != recorded.tokens[index]) {
      return {StatusCode::kFailed, "token " + std::to_string(index + 1) + " of " + std::to_string(count) + " is " +
                                       std::to_string(token) + ", not the graph's"};
    }
    if (index + 1 < count) status = program->feed({token}, &logits);
    if (!status.ok()) return status;
  }
  std::printf("%zu of %zu greedy tokens equal\n", count, count);
  return {};
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
  Recorded recorded;
  Status status = read_recorded(options["--inputs"], options["--expected"], &recorded);
  std::unique_ptr<TextProgram> program;
  if (status.ok()) status = TextProgram::load(options["--model"], "forward", &program);
  if (status.ok()) {
    status = check(program.get(), recorded, std::strtoul(options["--tokens"].c_str(), nullptr, 10),
                   std::strtod(options["--tolerance"].c_str(), nullptr));
  }
  return status.ok() ? 0 : complain(status);
}

}  // namespace
}  // namespace etbuild::runner

int main(int count, char** words) { return etbuild::runner::start(count, words); }
