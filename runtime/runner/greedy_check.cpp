// greedy_check: holds a program against what its model said in eager PyTorch. Prints what it measured; exit code 1 if
// something is off.
//
// greedy_check --model FILE.pte --reference FILE.safetensors [--tokens N] [--tolerance X]

#include <cstdio>
#include <cstdlib>
#include <map>

#include "greedy_comparison.h"
#include "llama_kernels.h"
#include "quiet_runtime.h"

namespace etbuild::runner {
namespace {

int start(int count, char** words) {
  keep_runtime_messages();
  std::map<std::string, std::string> options = {{"--tokens", "24"}, {"--tolerance", "1e-3"}};
  for (int index = 1; index + 1 < count; index += 2) options[words[index]] = words[index + 1];
  if (kernels::llama::register_llama_kernels() != executorch::runtime::Error::Ok) return 1;
  const size_t tokens = std::strtoul(options["--tokens"].c_str(), nullptr, 10);
  const double tolerance = std::strtod(options["--tolerance"].c_str(), nullptr);
  double error = 0;
  Reference reference;
  Status status = read_reference(options["--reference"], &reference);
  std::unique_ptr<TextProgram> program;
  if (status.ok()) status = TextProgram::load(options["--model"], "forward", &program);
  if (status.ok()) status = compare_greedy(program.get(), reference, tokens, tolerance, &error);
  std::printf("largest logit error %.2e (allowed %.0e)\n", error, tolerance);
  if (status.ok()) {
    std::printf("%zu of %zu greedy tokens are those of eager\n", tokens, tokens);
    return 0;
  }
  std::printf("error: %s\n%s", status.message().c_str(), kept_runtime_messages().c_str());
  return 1;
}

}  // namespace
}  // namespace etbuild::runner

int main(int count, char** words) { return etbuild::runner::start(count, words); }
