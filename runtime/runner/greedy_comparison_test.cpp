// greedy_comparison_test DECODER.pte REFERENCE.safetensors: a small program and what its model said. What is right
// passes, and nothing else does.

#include "greedy_comparison.h"

#include <cmath>
#include <cstdio>

#include "check.h"
#include "llama_kernels.h"

namespace etbuild::runner {
namespace {

std::string decoder_path;
std::string reference_path;
Reference eager;
double error;

Status compare(const Reference& reference, size_t count, double tolerance = 1e-3) {
  std::unique_ptr<TextProgram> program;
  const Status status = TextProgram::load(decoder_path, "forward", &program);
  return status.ok() ? compare_greedy(program.get(), reference, count, tolerance, &error) : status;
}

bool fails(const Status& status, const char* text) {
  const bool is_so = status.code() == StatusCode::kFailed && status.message().find(text) != std::string::npos;
  if (!is_so) std::printf("'%s' must hold '%s'\n", status.message().c_str(), text);
  return is_so;
}

TEST(what_the_model_said_passes_with_a_small_error) {
  CHECK(compare(eager, 16).ok());
  CHECK(error > 0 && error < 1e-5);
}

TEST(another_token_fails_wherever_it_stands) {
  for (size_t at : {size_t{0}, size_t{7}, size_t{15}}) {
    Reference wrong = eager;
    wrong.tokens[at] ^= 1;
    CHECK(fails(compare(wrong, 16), ("token " + std::to_string(at + 1) + " of 16 must be").c_str()));
  }
}

TEST(a_logit_that_is_off_fails_before_whichever_token) {
  const size_t vocabulary = eager.logits.size() / 16;
  for (size_t at : {size_t{3}, 15 * vocabulary + 5}) {
    Reference wrong = eager;
    wrong.logits[at] += 2e-3f;
    CHECK(fails(compare(wrong, 16), ("the logits before token " + std::to_string(at / vocabulary + 1)).c_str()));
    CHECK(compare(wrong, 16, 3e-3).ok());
    wrong.logits[at] = NAN;
    CHECK(fails(compare(wrong, 16), "the logits before"));
  }
}

TEST(another_prompt_fails) {
  Reference wrong = eager;
  wrong.prompt[0] ^= 1;
  CHECK(compare(wrong, 16).code() == StatusCode::kFailed);
}

TEST(a_reference_that_is_too_short_proves_nothing) {
  CHECK(compare(eager, 17).code() == StatusCode::kBadArgument);
  CHECK(compare(eager, 0).code() == StatusCode::kBadArgument);
  Reference wrong = eager;
  wrong.logits.resize(wrong.logits.size() / 2);
  CHECK(compare(wrong, 16).code() == StatusCode::kUnsuitable);
  CHECK(read_reference(decoder_path, &wrong).code() == StatusCode::kUnreadable);
}

TEST(a_reference_in_memory_is_that_of_its_file_and_fails_wherever_it_is_cut) {
  std::string content(1 << 20, '\0');
  FILE* file = std::fopen(reference_path.c_str(), "rb");
  content.resize(file == nullptr ? 0 : std::fread(content.data(), 1, content.size(), file));
  if (file != nullptr) std::fclose(file);
  Reference held;
  CHECK(read_reference(content.data(), content.size(), &held).ok());
  CHECK(held.prompt == eager.prompt && held.tokens == eager.tokens && held.logits == eager.logits);
  for (size_t size : {size_t{0}, size_t{7}, size_t{100}, content.size() - 1}) {
    CHECK(read_reference(content.data(), size, &held).code() == StatusCode::kUnreadable);
  }
}

}  // namespace

int start(int count, char** words) {
  if (count != 3 || kernels::llama::register_llama_kernels() != executorch::runtime::Error::Ok) return 2;
  decoder_path = words[1];
  reference_path = words[2];
  const Status status = read_reference(reference_path, &eager);
  if (status.ok()) return testing::run_all();
  std::printf("%s\n", status.message().c_str());
  return 2;
}

}  // namespace etbuild::runner

int main(int count, char** words) { return etbuild::runner::start(count, words); }
