// text_session_test DECODER.pte BYTES.tokenizer LARGER.tokenizer: a small program, a token a byte for it, and a
// tokenizer of a larger model.

#include "text_session.h"

#include <cstdio>

#include "check.h"
#include "quiet_runtime.h"

namespace etbuild::runner {
namespace {

std::string decoder_path;
std::string bytes_path;
std::string larger_path;

std::unique_ptr<TextSession> session(const std::string& tokenizer = "") {
  std::unique_ptr<TextSession> opened;
  SessionFiles files;
  files.program = decoder_path;
  files.tokenizer = tokenizer;
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
  for (int64_t chunk : {1, 2, 4, 5, 100}) {
    text->reset();
    options.prefill_chunk = chunk;
    CHECK(text->generate({5, 6, 7, 8, 9}, options, nullptr, &in_chunks).ok());
    CHECK(at_once.tokens == in_chunks.tokens);
  }
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

// Of whole characters: no byte of one is missing at either end.
bool is_whole(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const auto first = static_cast<unsigned char>(text[at]);
    const size_t size = first < 0x80 ? 1 : first < 0xC0 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    if (size == 0 || size > text.size() - at) return false;
    at += size;
  }
  return true;
}

// Such a model says any byte: most are part of a character that nothing completes.
TEST(text_streams_in_whole_characters_that_together_are_the_text) {
  const auto text = session(bytes_path);
  GenerateOptions options = some(40);
  options.sampler.temperature = 2;
  std::string streamed;
  bool held_back = false;
  for (uint64_t seed = 0; seed < 8; ++seed) {
    options.sampler.seed = seed;
    streamed.clear();
    size_t pieces = 0;
    const auto take = [&](std::string_view piece) {
      CHECK(is_whole(piece));
      ++pieces;
      streamed += piece;
      return true;
    };
    text->reset();
    GenerateResult result;
    CHECK(text->generate("\xE4\xBD\xA0 a", options, take, &result).ok());
    CHECK(result.prompt == (std::vector<int32_t>{0xE4, 0xBD, 0xA0, ' ', 'a'}));
    CHECK(streamed == text->tokenizer()->decode(result.tokens, true));
    held_back = held_back || pieces < result.tokens.size();
  }
  CHECK(held_back);
}

TEST(who_has_seen_enough_stops_and_can_go_on) {
  const auto text = session(bytes_path);
  GenerateResult stopped, rest, whole;
  int pieces = 0;
  CHECK(text->generate(
                "abc", some(20), [&](std::string_view) { return ++pieces < 2; }, &stopped)
            .ok());
  CHECK(stopped.reason == StopReason::kStopped && stopped.tokens.size() < 20 && pieces >= 2);
  CHECK(text->generate("d", some(4), nullptr, &rest).ok());
  text->reset();
  std::vector<int32_t> prompt = {'a', 'b', 'c'};
  prompt.insert(prompt.end(), stopped.tokens.begin(), stopped.tokens.end());
  prompt.push_back('d');
  CHECK(text->generate(prompt, some(4), nullptr, &whole).ok());
  CHECK(rest.tokens == whole.tokens);
}

TEST(a_tokenizer_of_another_model_is_refused) {
  std::unique_ptr<TextSession> opened;
  SessionFiles files;
  files.program = decoder_path;
  files.tokenizer = larger_path;
  const Status status = TextSession::open(files, &opened);
  CHECK(status.code() == StatusCode::kUnsuitable);
  CHECK(status.message().find("it belongs to another model") != std::string::npos);
  files.tokenizer = decoder_path;
  CHECK(TextSession::open(files, &opened).code() == StatusCode::kUnreadable);
}

}  // namespace

int start(int count, char** words) {
  if (count != 4) return 2;
  keep_runtime_messages();
  decoder_path = words[1];
  bytes_path = words[2];
  larger_path = words[3];
  return testing::run_all();
}

}  // namespace etbuild::runner

int main(int count, char** words) { return etbuild::runner::start(count, words); }
