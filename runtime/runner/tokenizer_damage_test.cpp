// Damaged files: cut off at every byte, or with bytes changed. A file is refused in one line, or it works; it is never
// read or written outside. Worth most under -c asan and -c ubsan.

#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>

#include "check.h"
#include "tokenizer.h"

namespace etbuild::runner {
namespace {

constexpr size_t kSizeField = 8;    // Where the header has the file's size.
constexpr size_t kThorough = 2048;  // Header and directory, and some: every byte is changed there.
constexpr size_t kStride = 13;      // Behind, some are.
constexpr uint8_t kChanges[] = {0x01, 0x80, 0xFF};

std::string g_file;

// A file at a multiple of 4 bytes, in memory of just its size: what reads behind it is caught.
class Copy {
 public:
  explicit Copy(const std::string& bytes) : size_(bytes.size()), words_(new uint32_t[bytes.size() / 4 + 1]) {
    std::memcpy(words_.get(), bytes.data(), bytes.size());
  }
  bool load(Tokenizer* tokenizer, std::string* error) const {
    return Tokenizer::load(words_.get(), size_, tokenizer, error);
  }

 private:
  size_t size_;
  std::unique_ptr<uint32_t[]> words_;
};

void use(const Tokenizer& tokenizer) {
  std::vector<int32_t> ids;
  tokenizer.encode("the capital <x> whole don't e\xCC\x81\xFF \xE4\xBD\xA0 12345\n\n  x<|end|>", true, &ids);
  ids.push_back(-1);
  ids.push_back(tokenizer.vocabulary_size());
  (void)tokenizer.decode(ids, true);
  StreamDecoder stream(tokenizer, false);
  for (int32_t id : ids) (void)stream.push(id);
  (void)stream.finish();
  (void)tokenizer.id_of("the");
}

// Whether the bytes were refused with one line, or accepted and then worked.
bool is_safe(const std::string& bytes, bool* accepted) {
  const Copy copy(bytes);
  Tokenizer tokenizer;
  std::string error;
  *accepted = copy.load(&tokenizer, &error);
  if (*accepted) use(tokenizer);
  return *accepted ? error.empty() : !error.empty() && error.find('\n') == std::string::npos;
}

TEST(the_whole_file_works) {
  bool accepted = false;
  CHECK(is_safe(g_file, &accepted) && accepted);
}

TEST(a_file_that_is_cut_off_is_refused) {
  for (size_t size = 0; size < g_file.size(); size += size < kThorough ? 1 : kStride) {
    std::string bytes = g_file.substr(0, size);
    bool accepted = true;
    CHECK(is_safe(bytes, &accepted) && !accepted);
    if (size < kSizeField + 4) continue;
    // As if it had been meant to end there.
    const auto shorter = static_cast<uint32_t>(size);
    std::memcpy(&bytes[kSizeField], &shorter, sizeof(shorter));
    CHECK(is_safe(bytes, &accepted) && !accepted);
  }
}

TEST(a_file_with_a_changed_byte_is_refused_or_works) {
  size_t refused = 0;
  for (size_t at = 0; at < g_file.size(); at += at < kThorough ? 1 : kStride) {
    for (uint8_t change : kChanges) {
      std::string bytes = g_file;
      bytes[at] = static_cast<char>(static_cast<uint8_t>(bytes[at]) ^ change);
      bool accepted = false;
      CHECK(is_safe(bytes, &accepted));
      refused += accepted ? 0 : 1;
    }
  }
  CHECK(refused > kSizeField);
}

TEST(bytes_in_the_wrong_place_are_refused) {
  std::unique_ptr<uint32_t[]> words(new uint32_t[g_file.size() / 4 + 2]);
  char* const place = reinterpret_cast<char*>(words.get()) + 1;
  std::memcpy(place, g_file.data(), g_file.size());  // NOLINT(bugprone-not-null-terminated-result): bytes, no text.
  Tokenizer tokenizer;
  std::string error;
  CHECK(!Tokenizer::load(place, g_file.size(), &tokenizer, &error));
  CHECK(error.find("multiple of 4") != std::string::npos);
}

TEST(a_file_of_another_version_is_said_to_be_one) {
  std::string bytes = g_file;
  bytes[4] = 9;
  const Copy copy(bytes);
  Tokenizer tokenizer;
  std::string error;
  CHECK(!copy.load(&tokenizer, &error));
  CHECK(error == "a tokenizer's file must be of version 1, is of version 9; build it again");
}

}  // namespace
}  // namespace etbuild::runner

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  std::ifstream file(argv[1], std::ios::binary);
  etbuild::runner::g_file.assign(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  return etbuild::runner::g_file.empty() ? 2 : etbuild::testing::run_all();
}
