// What an image says is what its model says in eager PyTorch: TOKENS greedy tokens, with no logit before them farther
// off than TOLERANCE. MODEL is the program's name.
#include <executorch/runtime/kernel/operator_registry.h>

#include <cstdio>

#include "greedy_comparison.h"
#include "kernels.h"
#include "programs.h"

int main() {
  namespace model = programs::MODEL;
  namespace eager = programs::files::eager_safetensors;
  using etbuild::runner::Status;
  if (executorch::runtime::register_kernels(programs::kernels()) != executorch::runtime::Error::Ok) return 1;
  double error = 0;
  etbuild::runner::Reference reference;
  std::unique_ptr<etbuild::runner::TextProgram> program;
  Status status = etbuild::runner::read_reference(eager::data, eager::size, &reference);
  if (status.ok()) status = etbuild::runner::TextProgram::load(model::data, model::size, "forward", &program);
  if (status.ok()) status = etbuild::runner::compare_greedy(program.get(), reference, TOKENS, TOLERANCE, &error);
  std::printf("largest logit error %.2e (allowed %.0e) before %d greedy tokens\n", error, TOLERANCE, TOKENS);
  if (!status.ok()) std::printf("error: %s\n", status.message().c_str());
  return status.ok() ? 0 : 1;
}
