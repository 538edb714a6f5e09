// text_session_test DECODER.pte TOKENIZER: a small program, and a tokenizer of a larger model.

#include "text_session.h"

#include <cstdio>

#include "check.h"
#include "quiet_runtime.h"

namespace etbuild::runner {
namespace {

std::string decoder_path;
std::string tokenizer_path;

std::unique_ptr<TextSession> session() {
  std::unique_ptr<TextSession> opened;
  SessionFiles files;
  files.program = decoder_path;
  const Status status = TextSession::open(files, &opened);
  if (!status.ok()) std::printf("%s\n", status.message().c_str());
  return opened;
}

GenerateOptions some(int32_t tokens) {
  GenerateOptions options;
  options.max_new_tokens = tokens;
  options.ignore_eos = true;
  return options;
}

TEST(the_same_prompt_gives_the_same_tokens_after_a_reset) {
  const auto text = session();
  GenerateResult first, again;
  CHECK(text->generate({5, 6, 7}, some(8), nullptr, &first).ok());
  text->reset();
  CHECK(text->generate({5, 6, 7}, some(8), nullptr, &again).ok());
  CHECK(first.tokens.size() == 8 && first.tokens == again.tokens);
  CHECK(first.reason == StopReason::kTokenLimit && first.decoded_tokens == 7);
}

TEST(a_prompt_in_chunks_gives_the_same_tokens) {
  const auto text = session();
  GenerateResult at_once, in_chunks;
  GenerateOptions options = some(8);
  CHECK(text->generate({5, 6, 7, 8, 9}, options, nullptr, &at_once).ok());
  text->reset();
  options.prefill_chunk = 2;
  CHECK(text->generate({5, 6, 7, 8, 9}, options, nullptr, &in_chunks).ok());
  CHECK(at_once.tokens == in_chunks.tokens);
}

TEST(the_next_prompt_stands_behind_what_was_generated) {
  const auto text = session();
  GenerateResult first, second, whole;
  CHECK(text->generate({5, 6, 7}, some(4), nullptr, &first).ok());
  CHECK(text->generate({8}, some(4), nullptr, &second).ok());
  text->reset();
  std::vector<int32_t> prompt = {5, 6, 7};
  prompt.insert(prompt.end(), first.tokens.begin(), first.tokens.end());
  prompt.push_back(8);
  CHECK(text->generate(prompt, some(4), nullptr, &whole).ok());
  CHECK(second.tokens == whole.tokens);
}

TEST(a_context_that_fills_up_is_an_error_with_what_there_is) {
  const auto text = session();
  GenerateResult result;
  const Status status = text->generate(std::vector<int32_t>(60, 3), some(100), nullptr, &result);
  CHECK(status.code() == StatusCode::kContextFull);
  CHECK(result.tokens.size() == 5);  // Four were fed; the fifth is known and has no room.
}

TEST(a_prompt_that_does_not_fit_is_an_error_in_chunks_too) {
  const auto text = session();
  GenerateResult result;
  GenerateOptions options = some(1);
  options.prefill_chunk = 16;
  CHECK(text->generate(std::vector<int32_t>(65, 3), options, nullptr, &result).code() == StatusCode::kContextFull);
  CHECK(text->program().position() == 0);
}

TEST(a_token_that_ends_the_text_ends_it_and_is_not_part_of_it) {
  const auto text = session();
  GenerateResult free, ended;
  CHECK(text->generate({5, 6, 7}, some(20), nullptr, &free).ok());
  text->reset();
  GenerateOptions options = some(20);
  options.ignore_eos = false;
  CHECK(text->generate({5, 6, 7}, options, nullptr, &ended).ok());
  CHECK(ended.tokens.size() <= free.tokens.size());
  CHECK(std::equal(ended.tokens.begin(), ended.tokens.end(), free.tokens.begin()));
}

TEST(bad_options_are_refused_before_anything_runs) {
  const auto text = session();
  GenerateResult result;
  GenerateOptions options = some(1);
  options.sampler.top_p = 2;
  CHECK(text->generate({5}, options, nullptr, &result).code() == StatusCode::kBadArgument);
  CHECK(text->generate({5}, some(0), nullptr, &result).code() == StatusCode::kBadArgument);
  CHECK(text->generate(std::vector<int32_t>(), some(1), nullptr, &result).code() == StatusCode::kBadArgument);
  CHECK(text->generate("text", some(1), nullptr, &result).code() == StatusCode::kBadArgument);
  CHECK(text->program().position() == 0);
}

TEST(a_tokenizer_of_another_model_is_refused) {
  std::unique_ptr<TextSession> opened;
  SessionFiles files;
  files.program = decoder_path;
  files.tokenizer = tokenizer_path;
  const Status status = TextSession::open(files, &opened);
  CHECK(status.code() == StatusCode::kUnsuitable);
  CHECK(status.message().find("it belongs to another model") != std::string::npos);
  files.tokenizer = decoder_path;
  CHECK(TextSession::open(files, &opened).code() == StatusCode::kUnreadable);
}

}  // namespace

int start(int count, char** words) {
  if (count != 3) return 2;
  keep_runtime_messages();
  decoder_path = words[1];
  tokenizer_path = words[2];
  return testing::run_all();
}

}  // namespace etbuild::runner

int main(int count, char** words) { return etbuild::runner::start(count, words); }
