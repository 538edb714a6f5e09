#include "runner_app.h"

#include <cstdio>

#include "quiet_runtime.h"

namespace etbuild::runner {
namespace {

constexpr int kFailed = 1;
constexpr int kMistake = 2;

int complain(const Status& status) {
  std::fflush(stdout);
  std::fprintf(stderr, "error: %s\n", status.message().c_str());
  if (status.code() == StatusCode::kBadArgument) return kMistake;
  if (status.code() == StatusCode::kUnreadable || status.code() == StatusCode::kFailed) {
    const std::string messages = kept_runtime_messages();
    if (!messages.empty()) std::fprintf(stderr, "the runtime said:\n%s", messages.c_str());
  }
  return kFailed;
}

void show_tokens(const std::vector<int32_t>& tokens) {
  for (size_t index = 0; index < tokens.size(); ++index) std::printf(index == 0 ? "%d" : " %d", tokens[index]);
}

double rate(double count, double seconds) { return seconds > 0 ? count / seconds : 0; }

void show_stats(const GenerateResult& result) {
  std::fprintf(stderr, "prefill: %zu tokens, %.3f s, %.1f tokens/s\n", result.prompt.size(), result.prefill_seconds,
               rate(static_cast<double>(result.prompt.size()), result.prefill_seconds));
  std::fprintf(stderr, "decode: %lld tokens, %.3f s, %.1f tokens/s\n", static_cast<long long>(result.decoded_tokens),
               result.decode_seconds, rate(static_cast<double>(result.decoded_tokens), result.decode_seconds));
}

bool print(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  return std::fflush(stdout) == 0;  // A person watches.
}

int run(const CommandLine& line, const OpenSession& open) {
  std::unique_ptr<TextSession> session;
  Status status = open(line, &session);
  if (!status.ok()) return complain(status);
  if (line.show_prompt && !line.show_tokens) print(line.prompt);
  const OnText on_text = line.show_tokens ? OnText() : OnText(print);
  GenerateResult result;
  status = line.prompt_tokens.empty() ? session->generate(line.prompt, line.generate, on_text, &result)
                                      : session->generate(line.prompt_tokens, line.generate, on_text, &result);
  if (line.show_tokens || session->tokenizer() == nullptr) show_tokens(result.tokens);
  std::printf("\n");
  std::fflush(stdout);
  if (line.show_stats) show_stats(result);
  return status.ok() ? 0 : complain(status);
}

}  // namespace

int run_app(int count, const char* const* words, bool is_image, const OpenSession& open) {
  keep_runtime_messages();
  CommandLine line;
  line.is_image = is_image;
  const Status status = parse_command_line(count - 1, words + 1, &line);
  if (!status.ok()) return complain(status);
  if (!line.show_help) return run(line, open);
  std::printf("%s", usage(line).c_str());
  return 0;
}

}  // namespace etbuild::runner
