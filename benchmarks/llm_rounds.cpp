// llm_rounds MODEL.pte PROMPT_TOKENS NEW_TOKENS [--one-thread]: for each line of stdin feeds a prompt and decodes
// greedily, and writes [prefill, decode] in tokens a second. Keeps the program loaded, as an app does.

#include <executorch/extension/threadpool/threadpool_guard.h>

#include <cstdio>
#include <cstdlib>

#include "quiet_runtime.h"
#include "text_session.h"

namespace etbuild::runner {
namespace {

int start(int count, char** words) {
  if (count != 4 && count != 5) return 2;
  executorch::extension::threadpool::NoThreadPoolGuard::set_enabled(count == 5);
  keep_runtime_messages();
  SessionFiles files;
  files.program = words[1];
  std::unique_ptr<TextSession> session;
  Status status = TextSession::open(files, &session);
  std::vector<int32_t> prompt(std::strtoul(words[2], nullptr, 10));
  for (size_t index = 0; index < prompt.size(); ++index) prompt[index] = static_cast<int32_t>(1000 + index);
  GenerateOptions options;
  options.ignore_eos = true;
  options.max_new_tokens = std::atoi(words[3]) + 1;  // The last one is chosen and not fed.
  while (status.ok() && std::getchar() == '\n') {
    GenerateResult result;
    session->reset();
    status = session->generate(prompt, options, nullptr, &result);
    std::printf("[%.3f, %.3f]\n", static_cast<double>(prompt.size()) / result.prefill_seconds,
                static_cast<double>(result.decoded_tokens) / result.decode_seconds);
    std::fflush(stdout);
  }
  if (status.ok()) return 0;
  std::fprintf(stderr, "error: %s\n", status.message().c_str());
  return 1;
}

}  // namespace
}  // namespace etbuild::runner

int main(int count, char** words) { return etbuild::runner::start(count, words); }
