// llm_rounds MODEL.pte PROMPT_TOKENS NEW_TOKENS [--one-thread]: for each line of stdin feeds a prompt and decodes
// greedily, and writes [prefill, decode] in tokens a second; of CPU time if there is one thread, which others cannot
// take from it. Keeps the program loaded, as an app does.

#include <executorch/extension/threadpool/threadpool_guard.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>

#ifdef OUR_KERNELS
#include <executorch/runtime/kernel/operator_registry.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "decoder_kernels.h"
#endif

#include "quiet_runtime.h"
#include "text_session.h"

namespace etbuild::runner {
namespace {

#ifdef OUR_KERNELS
// Maps the program, for sessions of our runtime are of what is in memory, and registers all kernels.
Status open_session(const char* path, std::unique_ptr<TextSession>* session) {
  if (executorch::runtime::register_kernels(programs::decoder_kernels()) != executorch::runtime::Error::Ok) {
    return {StatusCode::kFailed, "the registry has no room for all kernels"};
  }
  const int file = ::open(path, O_RDONLY);
  struct stat facts = {};
  if (file < 0 || fstat(file, &facts) != 0) return {StatusCode::kUnreadable, path};
  const auto size = static_cast<size_t>(facts.st_size);
  void* data = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0);
  if (data == MAP_FAILED) return {StatusCode::kUnreadable, path};
  SessionBytes held;
  held.program = data;
  held.program_size = size;
  return TextSession::open(held, session);
}
#else
Status open_session(const char* path, std::unique_ptr<TextSession>* session) {
  SessionFiles files;
  files.program = path;
  return TextSession::open(files, session);
}
#endif

struct Seconds {
  double prefill = 0;
  double decode = 0;
};

// Seconds of CPU that a prompt and what follows it take.
Status run(TextSession* session, const std::vector<int32_t>& prompt, int32_t tokens, double* seconds,
           GenerateResult* result) {
  GenerateOptions options;
  options.ignore_eos = true;
  options.max_new_tokens = tokens + 1;  // The last one is chosen and not fed.
  session->reset();
  const std::clock_t start = std::clock();
  const Status status = session->generate(prompt, options, nullptr, result);
  *seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  return status;
}

Status measure(TextSession* session, const std::vector<int32_t>& prompt, int32_t tokens, bool of_cpu, Seconds* took) {
  GenerateResult result;
  double whole = 0;
  Status status = run(session, prompt, tokens, &whole, &result);
  *took = {result.prefill_seconds, result.decode_seconds};
  if (!status.ok() || !of_cpu) return status;
  status = run(session, prompt, 0, &took->prefill, &result);
  took->decode = whole - took->prefill;
  return status;
}

int start(int count, char** words) {
  if (count != 4 && count != 5) return 2;
  executorch::extension::threadpool::NoThreadPoolGuard::set_enabled(count == 5);
  keep_runtime_messages();
  std::unique_ptr<TextSession> session;
  Status status = open_session(words[1], &session);
  std::vector<int32_t> prompt(std::strtoul(words[2], nullptr, 10));
  for (size_t index = 0; index < prompt.size(); ++index) prompt[index] = static_cast<int32_t>(1000 + index);
  const int tokens = std::atoi(words[3]);
  Seconds took;
  while (status.ok() && std::getchar() == '\n') {
    status = measure(session.get(), prompt, tokens, count == 5, &took);
    std::printf("[%.3f, %.3f]\n", static_cast<double>(prompt.size()) / took.prefill, tokens / took.decode);
    std::fflush(stdout);
  }
  if (status.ok()) return 0;
  std::fprintf(stderr, "error: %s\n", status.message().c_str());
  return 1;
}

}  // namespace
}  // namespace etbuild::runner

int main(int count, char** words) { return etbuild::runner::start(count, words); }
