// Continues a text: all of an app's own code for it.
#include <cstdio>
#include <memory>
#include <string_view>

#include "quiet_runtime.h"
#include "text_session.h"

using namespace etbuild::runner;

int main(int count, char** words) {
  if (count != 4) {
    std::fprintf(stderr, "usage: app PROGRAM TOKENIZER PROMPT\n");
    return 2;
  }
  keep_runtime_messages();  // Not on the screen.
  std::unique_ptr<TextSession> session;
  Status status = TextSession::open({words[1], words[2]}, &session);
  GenerateOptions options;
  options.max_new_tokens = 16;
  GenerateResult result;
  if (status.ok()) {
    const auto print = [](std::string_view text) {
      std::fwrite(text.data(), 1, text.size(), stdout);
      return std::fflush(stdout) == 0;  // False stops.
    };
    status = session->generate(words[3], options, print, &result);
  }
  if (!status.ok()) {
    std::fprintf(stderr, "%s\n", status.message().c_str());
    return 1;
  }
  std::printf("\n%zu tokens after %zu\n", result.tokens.size(), result.prompt.size());
  return 0;
}
