// text_program_test DECODER.pte ENCODER.pte: small programs, made from seeded weights. The order of the tests matters
// in one place: what is registered once stays registered.

#include "text_program.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "check.h"
#include "llama_kernels.h"
#include "missing_parts.h"
#include "quiet_runtime.h"

namespace etbuild::runner {
namespace {

constexpr int64_t kContext = 64;

std::string decoder_path;
std::string encoder_path;

std::string read_file(const std::string& path) {
  std::string content;
  FILE* file = std::fopen(path.c_str(), "rb");
  char block[4096];
  for (size_t count = 0; file != nullptr && (count = std::fread(block, 1, sizeof(block), file)) > 0;) {
    content.append(block, count);
  }
  if (file != nullptr) std::fclose(file);
  return content;
}

std::string write_file(const std::string& content) {
  const char* folder = std::getenv("TMPDIR");
  const std::string path = std::string(folder == nullptr ? "/tmp" : folder) + "/changed.pte";
  FILE* file = std::fopen(path.c_str(), "wb");
  std::fwrite(content.data(), 1, content.size(), file);
  std::fclose(file);
  return path;
}

Status load(const std::string& path, std::unique_ptr<TextProgram>* program) {
  return TextProgram::load(path, "forward", program);
}

std::unique_ptr<TextProgram> decoder() {
  std::unique_ptr<TextProgram> program;
  const Status status = load(decoder_path, &program);
  if (!status.ok()) std::printf("%s\n", status.message().c_str());
  return program;
}

std::vector<float> fed(TextProgram& program, const std::vector<int32_t>& tokens) {
  Logits logits;
  const Status status = program.feed(tokens, &logits);
  CHECK(status.ok());
  return status.ok() ? std::vector<float>(logits.data, logits.data + logits.size) : std::vector<float>();
}

bool are_close(const std::vector<float>& one, const std::vector<float>& other) {
  if (one.size() != other.size() || one.empty()) return false;
  for (size_t at = 0; at < one.size(); ++at) {
    if (!(std::abs(one[at] - other[at]) < 1e-5f)) return false;
  }
  return true;
}

bool holds(const Status& status, StatusCode code, const char* text) {
  const bool is_so = status.code() == code && status.message().find(text) != std::string::npos;
  if (!is_so) std::printf("'%s' must hold '%s'\n", status.message().c_str(), text);
  return is_so;
}

TEST(operators_that_nothing_registered_are_named_with_who_has_them) {
  std::unique_ptr<TextProgram> program;
  const Status status = load(decoder_path, &program);
  CHECK(holds(status, StatusCode::kMissingPart, "operator llama::custom_sdpa.out: in //runtime/kernels/llama"));
  CHECK(holds(status, StatusCode::kMissingPart, "operator llama::update_cache.out: in //runtime/kernels/llama"));
  CHECK(status.message().find("aten::") == std::string::npos);
  CHECK(program == nullptr);
  CHECK(kernels::llama::register_llama_kernels() == executorch::runtime::Error::Ok);
  CHECK(kernels::llama::register_llama_kernels() == executorch::runtime::Error::Ok);
}

TEST(a_program_says_what_it_takes) {
  const auto program = decoder();
  CHECK(program->facts().context_length == kContext);
  CHECK(program->facts().longest_call == kContext);
  CHECK(program->facts().vocabulary_size > 0);
  CHECK(program->position() == 0);
}

TEST(tokens_in_parts_and_all_at_once_give_the_same_logits) {
  std::vector<int32_t> tokens(40);
  for (int32_t index = 0; index < 40; ++index) tokens[index] = (index * 37 + 5) % 256;
  const auto program = decoder();
  const std::vector<float> at_once = fed(*program, tokens);
  for (size_t part : {1, 2, 3, 16, 17, 39}) {
    program->rewind(0);
    std::vector<float> last;
    for (size_t at = 0; at < tokens.size(); at += part) {
      last = fed(*program, {tokens.begin() + at, tokens.begin() + std::min(at + part, tokens.size())});
    }
    CHECK(are_close(at_once, last));
    CHECK(program->position() == 40);
  }
}

TEST(after_a_rewind_what_was_fed_later_is_forgotten) {
  const auto program = decoder();
  fed(*program, {5, 9});
  const std::vector<float> before = fed(*program, {3});
  fed(*program, {8, 8, 8});
  program->rewind(2);
  CHECK(are_close(before, fed(*program, {3})));
  program->rewind(100);
  CHECK(program->position() == 3);
}

TEST(a_full_context_is_an_error_and_feeds_nothing) {
  const auto program = decoder();
  fed(*program, std::vector<int32_t>(kContext - 1, 4));
  Logits logits;
  CHECK(holds(program->feed({1, 2}, &logits), StatusCode::kContextFull, "holds 64 tokens, 63 are in it, 2 more"));
  CHECK(program->position() == kContext - 1);
  fed(*program, {1});
  CHECK(holds(program->feed({1}, &logits), StatusCode::kContextFull, "64 are in it"));
}

TEST(tokens_outside_of_the_vocabulary_are_refused) {
  const auto program = decoder();
  Logits logits;
  CHECK(holds(program->feed({1, 1000000}, &logits), StatusCode::kBadArgument, "is 1000000"));
  CHECK(holds(program->feed({-1}, &logits), StatusCode::kBadArgument, "is -1"));
  CHECK(holds(program->feed({}, &logits), StatusCode::kBadArgument, "at least one"));
  CHECK(program->position() == 0);
}

TEST(files_that_are_no_programs_are_refused) {
  std::unique_ptr<TextProgram> program;
  CHECK(holds(load("nowhere.pte", &program), StatusCode::kUnreadable, "'nowhere.pte' must be an ExecuTorch program"));
  CHECK(holds(load(write_file(""), &program), StatusCode::kUnreadable, "must be an ExecuTorch program"));
  CHECK(holds(load(write_file(std::string(5000, 'x')), &program), StatusCode::kUnreadable, "InvalidProgram"));
  CHECK(holds(TextProgram::load(decoder_path, "backward", &program), StatusCode::kUnsuitable, "'backward'"));
  CHECK(holds(load(encoder_path, &program), StatusCode::kUnsuitable, "must take input_ids[1, S]"));
}

TEST(a_file_that_was_cut_off_is_refused_wherever) {
  const std::string whole = read_file(decoder_path);
  CHECK(whole.size() > 10000);
  for (size_t part = 0; part < 64; ++part) {
    std::unique_ptr<TextProgram> program;
    CHECK(load(write_file(whole.substr(0, whole.size() * part / 64)), &program).code() == StatusCode::kUnreadable);
  }
}

TEST(needs_are_read_without_belief) {
  std::string bytes = read_file(decoder_path);
  ProgramNeeds needs;
  CHECK(read_needs(bytes.data(), bytes.size(), "forward", &needs));
  CHECK(needs.backends == std::vector<std::string>{"XnnpackBackend"});
  CHECK(needs.operators.size() > 3);
  CHECK(!read_needs(bytes.data(), bytes.size(), "backward", &needs));
  // Whatever stands there: no read leaves the bytes (the sanitizers' mode sees it).
  uint32_t state = 1;
  for (int round = 0; round < 2000; ++round) {
    std::string changed = bytes.substr(0, 20000);
    for (int change = 0; change < 4; ++change) {
      state = state * 1664525u + 1013904223u;
      changed[(state >> 8) % (round % 2 == 0 ? 200 : changed.size())] = static_cast<char>(state);
    }
    memcpy(&changed[4], "ET12", 4);
    ProgramNeeds unused;
    read_needs(changed.data(), changed.size(), "forward", &unused);
  }
}

}  // namespace

int start(int count, char** words) {
  if (count != 3) return 2;
  keep_runtime_messages();
  decoder_path = words[1];
  encoder_path = words[2];
  return testing::run_all();
}

}  // namespace etbuild::runner

int main(int count, char** words) { return etbuild::runner::start(count, words); }
