// program_runner_test XNNPACK.pte PORTABLE.pte: one small network for two backends, run as the command line runs it.

#include "program_runner.h"

#include <cstdlib>
#include <cstring>

#include "check.h"
#include "npy.h"
#include "quiet_runtime.h"

namespace etbuild::runner {
namespace {

std::string xnnpack_path;
std::string portable_path;
std::string text;

std::string temporary(const std::string& name) {
  const char* folder = std::getenv("TMPDIR");
  return std::string(folder == nullptr ? "/tmp" : folder) + (name.empty() ? "" : "/" + name);
}

Status run(const std::vector<std::string>& words) {
  std::vector<const char*> pointers;
  pointers.reserve(words.size());
  for (const std::string& word : words) pointers.push_back(word.c_str());
  ProgramOptions options;
  const Status status = parse_program_options(static_cast<int>(pointers.size()), pointers.data(), &options);
  text.clear();
  return status.ok() ? run_program(options, &text) : status;
}

bool holds(const std::string& whole, const std::string& part) {
  if (whole.find(part) != std::string::npos) return true;
  std::printf("'%s' must hold '%s'\n", whole.c_str(), part.c_str());
  return false;
}

float* floats(NpyArray* array) { return reinterpret_cast<float*>(array->bytes.data()); }

// Writes the input that all tests give, and what the portable program makes of it.
std::string input_file() {
  NpyArray input;
  input.shape = {1, 32};
  input.bytes.resize(32 * sizeof(float));
  for (int index = 0; index < 32; ++index) floats(&input)[index] = static_cast<float>(index % 7) - 3.0f;
  const std::string path = temporary("input.npy");
  CHECK(write_npy(path, input).ok());
  return path;
}

std::string expected_file() {
  CHECK(run({portable_path, "--input", input_file(), "--output", temporary("")}).ok());
  CHECK(holds(text, "output 0: float32[1, 10]"));
  return temporary("output.0.npy");
}

TEST(two_backends_give_the_same_outputs) {
  const std::string expected = expected_file();
  CHECK(run({xnnpack_path, "--input", input_file(), "--compare", expected}).ok());
  CHECK(run({xnnpack_path, "--input", input_file(), "--compare", expected, "--tolerance", "top1=1"}).ok());
}

TEST(outputs_that_are_off_fail_with_both_numbers) {
  NpyArray expected;
  CHECK(read_npy(expected_file(), &expected).ok());
  floats(&expected)[4] += 1.0f;
  const std::string path = temporary("wrong.npy");
  CHECK(write_npy(path, expected).ok());
  const Status status =
      run({xnnpack_path, "--input", input_file(), "--compare", path, "--tolerance", "max_abs_error=0.5"});
  CHECK(status.code() == StatusCode::kFailed);
  CHECK(holds(status.message(), "largest error is 1, must be at most 0.5"));
  CHECK(holds(status.message(), "output 0 at [0, 4]"));
}

TEST(inputs_that_do_not_fit_are_mistakes) {
  NpyArray input;
  input.shape = {1, 31};
  input.bytes.resize(31 * sizeof(float));
  const std::string path = temporary("short.npy");
  CHECK(write_npy(path, input).ok());
  CHECK(run({xnnpack_path, "--input", path}).code() == StatusCode::kBadArgument);
  CHECK(run({xnnpack_path}).code() == StatusCode::kBadArgument);
  CHECK(!run({"no/such.pte", "--input", path}).ok());
  CHECK(holds(run({xnnpack_path, "--method", "backward", "--input", path}).message(), "backward"));
}

TEST(a_profile_is_an_etdump_and_names_what_took_the_time) {
  const std::string path = temporary("profile.etdp");
  CHECK(run({portable_path, "--input", input_file(), "--repeat", "3", "--profile", path}).ok());
  CHECK(holds(text, "3 calls: median "));
  CHECK(holds(text, "      us   share   calls  operator\n"));
  CHECK(holds(text, "addmm.out") || holds(text, "linear.out"));
  std::vector<uint8_t> dump;
  CHECK(read_file(path, &dump).ok());
  CHECK(dump.size() > 200 && std::memcmp(dump.data() + 8, "ED00", 4) == 0);  // Behind its size and its root.
  CHECK(run({xnnpack_path, "--input", input_file(), "--profile", path, "--slowest", "20"}).ok());
  CHECK(holds(text, "(calling delegates)"));
}

TEST(random_inputs_are_the_same_each_time) {
  CHECK(run({xnnpack_path, "--random", "7", "--output", temporary("")}).ok());
  const std::string path = temporary("first.npy");
  NpyArray first;
  CHECK(read_npy(temporary("output.0.npy"), &first).ok());
  CHECK(write_npy(path, first).ok());
  CHECK(run({xnnpack_path, "--random", "7", "--compare", path, "--tolerance", "max_abs_error=0"}).ok());
  CHECK(run({xnnpack_path, "--random", "8", "--compare", path}).code() == StatusCode::kFailed);
}

}  // namespace

int start(int count, char** words) {
  if (count != 3) return 2;
  keep_runtime_messages();
  xnnpack_path = words[1];
  portable_path = words[2];
  return testing::run_all();
}

}  // namespace etbuild::runner

int main(int count, char** words) { return etbuild::runner::start(count, words); }
