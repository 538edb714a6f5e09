// One executable that talks: the program, its tokenizer, the runtime and the kernels that the program calls. MODEL is
// the program's name.
#include <executorch/runtime/kernel/operator_registry.h>

#include "kernels.h"
#include "programs.h"
#include "runner_app.h"

int main(int count, char** words) {
  namespace model = programs::MODEL;
  namespace tokenizer = programs::files::smollm2_tokenizer_tokenizer;
  if (executorch::runtime::register_kernels(programs::kernels()) != executorch::runtime::Error::Ok) return 1;
  return etbuild::runner::run_app(count, words, true, [](const auto& /*line*/, auto* session) {
    return etbuild::runner::TextSession::open({model::data, model::size, tokenizer::data, tokenizer::size}, session);
  });
}
