#include "options.h"

#include <cerrno>
#include <cstdlib>
#include <limits>

namespace etbuild::runner {

namespace {

constexpr const char* kFilesUsage =
    "llm_runner --model FILE.pte --tokenizer FILE --prompt TEXT\n"
    "\n"
    "Continues a text with a program on this device.\n"
    "\n"
    "  --model FILE               the program\n"
    "  --tokenizer FILE           what the rule `tokenizer` compiled\n"
    "  --method NAME              the program's method  [default: forward]\n";

constexpr const char* kImageUsage =
    "image --prompt TEXT\n"
    "\n"
    "Continues a text with the program that this executable holds.\n"
    "\n";

constexpr const char* kUsage =
    "  --prompt TEXT              the text to continue\n"
    "  --prompt-tokens N,N,...    the same as tokens; needs no tokenizer\n"
    "  --max-new-tokens N         [default: 128]\n"
    "  --temperature X            0: always the likeliest token  [default: 0]\n"
    "  --top-k N                  choose among the N likeliest; 0: all  [default: 0]\n"
    "  --top-p X                  among the likeliest that together have this probability  [default: 1]\n"
    "  --min-p X                  among those with this part of the likeliest one's probability  [default: 0]\n"
    "  --repetition-penalty X     above 1: less of what was said already  [default: 1]\n"
    "  --seed N                   the same seed gives the same text  [default: 0]\n"
    "  --prefill-chunk N          feed the prompt so many tokens a call; 0: all at once  [default: 0]\n"
    "  --ignore-eos               go on where the model would end the text\n"
    "  --quiet-prompt             print the continuation alone\n"
    "  --show-tokens              print token ids, not text\n"
    "  --stats                    print tokens a second to stderr\n";

Status refuse(const std::string& option, const std::string& must, const char* is) {
  return {StatusCode::kBadArgument, option + " must be " + must + ", is '" + is + "'"};
}

Status read_number(const std::string& option, const char* word, float* number) {
  char* end = nullptr;
  *number = std::strtof(word, &end);
  return end == word || *end != '\0' ? refuse(option, "a number", word) : Status();
}

template <typename Whole>
Status read_whole(const std::string& option, const char* word, Whole* number) {
  char* end = nullptr;
  errno = 0;
  // strtoull() takes a sign, and makes a large number of it.
  const unsigned long long value = word[0] == '-' ? 0 : std::strtoull(word, &end, 10);
  if (end == nullptr || end == word || *end != '\0' || errno != 0 || value > std::numeric_limits<Whole>::max()) {
    return refuse(option, "a whole number", word);
  }
  *number = static_cast<Whole>(value);
  return {};
}

Status read_tokens(const std::string& option, const char* word, std::vector<int32_t>* tokens) {
  const std::string text = word;
  for (size_t at = 0; at <= text.size();) {
    const size_t comma = std::min(text.find(',', at), text.size());
    int32_t token = 0;
    if (!read_whole(option, text.substr(at, comma - at).c_str(), &token).ok()) {
      return refuse(option, "token ids with commas between them", word);
    }
    tokens->push_back(token);
    at = comma + 1;
  }
  return {};
}

bool read_switch(const std::string& option, CommandLine* line) {
  if (option == "--ignore-eos") return line->generate.ignore_eos = true;
  if (option == "--quiet-prompt") return line->show_prompt = false, true;
  if (option == "--show-tokens") return line->show_tokens = true;
  if (option == "--stats") return line->show_stats = true;
  if (option == "--help") return line->show_help = true;
  return false;
}

Status read_value(const std::string& option, const char* word, CommandLine* line) {
  SamplerOptions& sampler = line->generate.sampler;
  if (!line->is_image) {
    if (option == "--model") return line->files.program = word, Status();
    if (option == "--tokenizer") return line->files.tokenizer = word, Status();
    if (option == "--method") return line->files.method = word, Status();
  }
  if (option == "--prompt") return line->prompt = word, Status();
  if (option == "--prompt-tokens") return read_tokens(option, word, &line->prompt_tokens);
  if (option == "--max-new-tokens") return read_whole(option, word, &line->generate.max_new_tokens);
  if (option == "--prefill-chunk") return read_whole(option, word, &line->generate.prefill_chunk);
  if (option == "--seed") return read_whole(option, word, &sampler.seed);
  if (option == "--top-k") return read_whole(option, word, &sampler.top_k);
  if (option == "--temperature") return read_number(option, word, &sampler.temperature);
  if (option == "--top-p") return read_number(option, word, &sampler.top_p);
  if (option == "--min-p") return read_number(option, word, &sampler.min_p);
  if (option == "--repetition-penalty") return read_number(option, word, &sampler.repetition_penalty);
  return {StatusCode::kBadArgument, "no option '" + option + "'; --help lists them"};
}

}  // namespace

std::string usage(const CommandLine& line) { return std::string(line.is_image ? kImageUsage : kFilesUsage) + kUsage; }

Status parse_command_line(int count, const char* const* words, CommandLine* line) {
  for (int index = 0; index < count; ++index) {
    const std::string option = words[index];
    if (read_switch(option, line)) continue;
    // `--option=value` and `--option value` are the same.
    const size_t equals = option.rfind("--", 0) == 0 ? option.find('=') : std::string::npos;
    const bool has_value = equals != std::string::npos;
    if (!has_value && index + 1 == count) {
      CommandLine unused;
      unused.is_image = line->is_image;
      const Status unknown = read_value(option, "0", &unused);
      return unknown.ok() ? Status(StatusCode::kBadArgument, option + " must have a value behind it") : unknown;
    }
    const char* value = has_value ? words[index] + equals + 1 : words[++index];
    const Status status = read_value(option.substr(0, equals), value, line);
    if (!status.ok()) return status;
  }
  if (line->show_help) return {};
  if (!line->is_image && line->files.program.empty()) return {StatusCode::kBadArgument, "--model must be given"};
  if (line->prompt.empty() == line->prompt_tokens.empty()) {
    return {StatusCode::kBadArgument, "either --prompt or --prompt-tokens must be given, and not be empty"};
  }
  if (!line->is_image && !line->prompt.empty() && line->files.tokenizer.empty()) {
    return {StatusCode::kBadArgument, "--prompt needs --tokenizer"};
  }
  if (line->generate.max_new_tokens < 1) return {StatusCode::kBadArgument, "--max-new-tokens must be at least 1, is 0"};
  const std::string refusal = check_options(line->generate.sampler);
  return refusal.empty() ? Status() : Status(StatusCode::kBadArgument, "--" + refusal);
}

}  // namespace etbuild::runner
