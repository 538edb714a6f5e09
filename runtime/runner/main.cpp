// llm_runner: continues a prompt with a .pte on this device.

#include "runner_app.h"

using etbuild::runner::CommandLine;
using etbuild::runner::TextSession;

int main(int count, char** words) {
  return etbuild::runner::run_app(count, words, false,
                                  [](const CommandLine& line, std::unique_ptr<TextSession>* session) {
                                    return TextSession::open(line.files, session);
                                  });
}
