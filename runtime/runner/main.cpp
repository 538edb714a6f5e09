// llm_runner: continues a prompt with a .pte on this device.

#include "runner_app.h"

int main(int count, char** words) {
  using namespace etbuild::runner;
  return run_app(count, words, false, [](const CommandLine& line, std::unique_ptr<TextSession>* session) {
    return TextSession::open(line.files, session);
  });
}
