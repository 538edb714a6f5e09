#include "options.h"

#include "check.h"

namespace etbuild::runner {
namespace {

Status parse(const std::vector<const char*>& words, CommandLine* line) {
  return parse_command_line(static_cast<int>(words.size()), words.data(), line);
}

std::string refusal(const std::vector<const char*>& words) {
  CommandLine line;
  return parse(words, &line).message();
}

TEST(all_words_are_understood) {
  CommandLine line;
  CHECK(parse({"--model", "m.pte", "--tokenizer=t", "--prompt", "a=b", "--temperature", "0.5", "--top-k=3", "--seed",
               "18446744073709551615", "--stats", "--max-new-tokens", "7", "--prefill-chunk", "16"},
              &line)
            .ok());
  CHECK(line.files.program == "m.pte" && line.files.tokenizer == "t" && line.prompt == "a=b");
  CHECK(line.generate.sampler.temperature == 0.5f && line.generate.sampler.top_k == 3);
  CHECK(line.generate.sampler.seed == UINT64_MAX);
  CHECK(line.generate.max_new_tokens == 7 && line.generate.prefill_chunk == 16 && line.show_stats);
}

TEST(tokens_stand_for_a_prompt) {
  CommandLine line;
  CHECK(parse({"--model", "m", "--prompt-tokens", "1,22,333"}, &line).ok());
  CHECK(line.prompt_tokens == (std::vector<int32_t>{1, 22, 333}));
}

TEST(an_image_is_told_of_no_files) {
  CommandLine line;
  line.is_image = true;
  CHECK(parse({"--prompt", "a"}, &line).ok());
  CHECK(usage(line).find("--model") == std::string::npos && usage(CommandLine()).find("--model") != std::string::npos);
  CHECK(parse({"--model", "m"}, &line).message() == "no option '--model'; --help lists them");
}

TEST(mistakes_say_what_must_be_and_what_is) {
  CHECK(refusal({"--modle", "m"}) == "no option '--modle'; --help lists them");
  CHECK(refusal({"--modle"}) == "no option '--modle'; --help lists them");
  CHECK(refusal({"--model"}) == "--model must have a value behind it");
  CHECK(refusal({"--top-k", "many"}) == "--top-k must be a whole number, is 'many'");
  CHECK(refusal({"--top-k", "-1"}) == "--top-k must be a whole number, is '-1'");
  CHECK(refusal({"--top-k", "99999999999"}) == "--top-k must be a whole number, is '99999999999'");
  CHECK(refusal({"--temperature", "warm"}) == "--temperature must be a number, is 'warm'");
  CHECK(refusal({"--prompt-tokens", "1,,2"}) ==
        "--prompt-tokens must be token ids with commas between them, is '1,,2'");
  CHECK(refusal({"--prompt", "x", "--tokenizer", "t"}) == "--model must be given");
  CHECK(refusal({"--model", "m"}) == "either --prompt or --prompt-tokens must be given, and not be empty");
  CHECK(refusal({"--model", "m", "--prompt", ""}) ==
        "either --prompt or --prompt-tokens must be given, and not be empty");
  CHECK(refusal({"--model", "m", "--prompt", "x"}) == "--prompt needs --tokenizer");
  CHECK(refusal({"--model", "m", "--prompt-tokens", "1", "--top-p", "0"}) == "--top-p must be above 0 and at most 1");
  CHECK(refusal({"--model", "m", "--prompt-tokens", "1", "--max-new-tokens", "0"}) ==
        "--max-new-tokens must be at least 1, is 0");
}

TEST(help_needs_nothing_else) {
  CommandLine line;
  CHECK(parse({"--help"}, &line).ok() && line.show_help);
}

}  // namespace
}  // namespace etbuild::runner

TEST_MAIN()
