// The list of recorded calls, and the words of the command line: what is taken, and what is said of mistakes.

#include "recorded_calls.h"

#include "check.h"
#include "program_options.h"

namespace {

using etbuild::runner::parse_program_options;
using etbuild::runner::parse_recorded_calls;
using etbuild::runner::ProgramOptions;
using etbuild::runner::RecordedMethod;
using Methods = std::vector<RecordedMethod>;

std::string problem_of(const std::string& text) {
  Methods methods;
  return parse_recorded_calls("calls/calls.txt", text, &methods).message();
}

std::string mistake(const std::vector<const char*>& words) {
  ProgramOptions options;
  return parse_program_options(static_cast<int>(words.size()), words.data(), &options).message();
}

bool is_in(const std::string& part, const std::string& text) { return text.find(part) != std::string::npos; }

}  // namespace

TEST(methods_have_their_own_calls_and_tolerances) {
  Methods methods;
  const char* const text =
      "etbuild-calls 1\nmethod first\ntolerance sqnr_db=60\nsequence\ncall a daisy\ninput 0.npy\nexpected 1 1.npy\n"
      "method second\ncall\nlogits 2.npy\ntoken 443\ncall again\ntoken 7\n";
  CHECK(parse_recorded_calls("some/calls.txt", text, &methods).ok());
  CHECK(methods.size() == 2 && methods[0].name == "first" && methods[1].name == "second");
  CHECK(methods[0].tolerances.size() == 1 && methods[1].tolerances.empty());
  const auto& daisy = methods[0].calls[0];
  CHECK(daisy.name == "a daisy" && daisy.begins_sequence && daisy.token == -1);
  CHECK(daisy.inputs[0] == "some/0.npy" && daisy.expected[0].first == 1 && daisy.expected[0].second == "some/1.npy");
  const auto& calls = methods[1].calls;
  CHECK(calls.size() == 2 && calls[0].begins_sequence && !calls[1].begins_sequence);
  CHECK(calls[0].logits == "some/2.npy" && calls[0].token == 443 && calls[1].token == 7);
}

TEST(a_wrong_line_is_named) {
  CHECK(problem_of("something") == "line 1 of 'calls/calls.txt': must be recorded calls");
  CHECK(problem_of("etbuild-calls 1\n") == "'calls/calls.txt' must hold recorded calls, holds none");
  CHECK(is_in("line 2", problem_of("etbuild-calls 1\ninput x.npy\n")));
  CHECK(is_in("is 'input'", problem_of("etbuild-calls 1\nmethod m\ninput x.npy\n")));
  CHECK(is_in("must be a token's number, is '-1'", problem_of("etbuild-calls 1\nmethod m\ncall\ntoken -1\n")));
  CHECK(is_in("an output's number and a path", problem_of("etbuild-calls 1\nmethod m\ncall\nexpected x.npy\n")));
  CHECK(is_in("line 3", problem_of("etbuild-calls 1\nmethod m\ntolerance snr=6\ncall\n")));
}

TEST(options_are_read_in_either_form) {
  ProgramOptions options;
  const std::vector<const char*> words = {"m.pte", "--method=encode", "--input",     "a.npy",      "--input",
                                          "b.npy", "--compare=c.npy", "--tolerance", "cosine=0.9", "--repeat",
                                          "3"};
  CHECK(parse_program_options(static_cast<int>(words.size()), words.data(), &options).ok());
  CHECK(options.program == "m.pte" && options.method == "encode" && options.inputs.size() == 2);
  CHECK(options.compare.size() == 1 && options.tolerances.size() == 1 && options.repeat == 3);
}

TEST(mistakes_in_options_say_what_must_be) {
  CHECK(is_in("a program must be named", mistake({})));
  CHECK(mistake({"a.pte", "b.pte"}) == "one program must be named, a second is 'b.pte'");
  CHECK(mistake({"a.pte", "--inputs", "x"}) == "no option is called '--inputs'; --help lists them");
  CHECK(mistake({"a.pte", "--input"}) == "--input must be followed by a value");
  CHECK(mistake({"a.pte", "--repeat", "0"}) == "--repeat must be a whole number from 1, is '0'");
  CHECK(mistake({"a.pte", "--random", "-1"}) == "--random must be a whole number from 0, is '-1'");
  CHECK(is_in("come from several", mistake({"a.pte", "--random", "1", "--input", "x.npy"})));
  CHECK(is_in("brings its own", mistake({"a.pte", "--calls", "c", "--compare", "x.npy"})));
  CHECK(mistake({"a.pte", "--tolerance", "cosine=1"}) == "--tolerance must come with --compare");
}

TEST_MAIN()
