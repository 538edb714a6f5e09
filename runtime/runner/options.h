// The words of llm_runner's command line, and of images that do the same. Opens no file.

#pragma once

#include <string>
#include <vector>

#include "text_session.h"

namespace etbuild::runner {

struct CommandLine {
  bool is_image = false;  // Told before the words are read: program and tokenizer are held, and not asked for.
  SessionFiles files;
  std::string prompt;
  std::vector<int32_t> prompt_tokens;  // Instead of a prompt.
  GenerateOptions generate;
  bool show_prompt = true;
  bool show_tokens = false;  // Token ids instead of text.
  bool show_stats = false;
  bool show_help = false;
};

// What --help prints.
std::string usage(const CommandLine& line);

// Reads the words behind the program's name; a mistake is kBadArgument and says what must be and what is.
Status parse_command_line(int count, const char* const* words, CommandLine* line);

}  // namespace etbuild::runner
