// The tokenizer on a small vocabulary: what it offers an app, the same on every device. That it equals the library
// `tokenizers` on real vocabularies is held by //tests/tokenizer.

#include "tokenizer.h"

#include "check.h"
#include "tokenizer_file.h"

namespace etbuild::runner {
namespace {

constexpr uint32_t kDigest = 763985117u;
constexpr std::string_view kLetters = "the capital of Paris 123 don't\n<x>na\xC3\xAFve";
const char* g_path = nullptr;

const Tokenizer& words() {
  static TokenizerFile file;
  static std::string error;
  static const bool opened = file.open(g_path, &error);
  if (!opened) std::printf("%s\n", error.c_str());
  return file.tokenizer();
}

std::vector<int32_t> encoded(std::string_view text, bool add_special = false) {
  std::vector<int32_t> ids;
  words().encode(text, add_special, &ids);
  return ids;
}

std::string spelled(std::string_view text) {
  std::string out;
  for (int32_t id : encoded(text)) out.append("[").append(words().piece(id)).append("]");
  return out;
}

TEST(a_text_becomes_the_tokens_that_the_library_gives) {
  CHECK((encoded("The capital of France is Paris.", true) ==
         std::vector<int32_t>{0, 53, 270, 281, 279, 321, 278, 322, 15}));
  CHECK((encoded("don't na\xC3\xAFve 12345\n\n  x") ==
         std::vector<int32_t>{291, 284, 222, 348, 222, 314, 21, 22, 302, 222, 303}));
}

TEST(a_broken_text_is_one_with_a_sign_for_each_broken_part) {
  CHECK(encoded("ab\xFF"
                "c") == encoded("ab\xEF\xBF\xBD"
                                "c"));
  CHECK(encoded("\xE2\x82") == encoded("\xEF\xBF\xBD"));              // The beginning of a character: one sign.
  CHECK(encoded("\xC0\xAF") == encoded("\xEF\xBF\xBD\xEF\xBF\xBD"));  // Never a beginning: one each.
  CHECK(encoded("\xED\xA0\x80").size() == 3 * encoded("\xFF").size());
}

TEST(composed_and_decomposed_letters_are_the_same) { CHECK(encoded("e\xCC\x81") == encoded("\xC3\xA9")); }

TEST(added_tokens_are_found_by_their_own_rules) {
  CHECK(spelled("a <x>  b") == "[a][<x>][b]");  // It takes the spaces around it.
  CHECK(spelled("<xy") == "[<xy]");             // The longest that stands there.
  CHECK(spelled("whole") == "[whole]");
  CHECK(encoded("wholewhole").size() > 2);               // Only as a word of its own.
  CHECK(encoded("<|end|>") == std::vector<int32_t>{1});  // Special ones, too.
}

TEST(a_token_is_known_by_its_spelling_and_its_kind) {
  CHECK(words().id_of("<|end|>") == 1);
  CHECK(words().id_of(" capital") == 281);
  CHECK(words().id_of("no such token") == -1);
  CHECK(words().is_special(1) && !words().is_special(281));
  CHECK(words().piece(281) == " capital");
  CHECK(words().piece(-1).empty() && words().piece(words().vocabulary_size()).empty());
  CHECK(words().bos_id() == -1 && words().eos_id() == -1);
}

TEST(a_character_comes_out_of_the_stream_whole) {
  const std::string text = "a \xF0\x9F\x98\x80 \xE4\xBD\xA0";
  StreamDecoder stream(words());
  std::string joined;
  for (int32_t id : encoded(text)) {
    const std::string part = stream.push(id);
    CHECK(part.find("\xEF\xBF\xBD") == std::string::npos);
    joined += part;
  }
  CHECK(joined + stream.finish() == text);
}

TEST(what_stays_unfinished_is_said_at_the_end) {
  StreamDecoder stream(words());
  const std::vector<int32_t> ids = encoded("\xF0\x9F\x98\x80");
  CHECK(ids.size() > 1);
  CHECK(stream.push(ids[0]).empty());
  CHECK(stream.finish() == "\xEF\xBF\xBD");
  CHECK(stream.finish().empty());
  CHECK(stream.push(ids[0]).empty());
  CHECK(stream.push(encoded("a")[0]) ==
        "\xEF\xBF\xBD"
        "a");
}

TEST(special_tokens_are_shown_only_if_asked_for) {
  const std::vector<int32_t> ids = encoded("a<|end|>b");
  CHECK(words().decode(ids, true) == "ab");
  CHECK(words().decode(ids, false) == "a<|end|>b");
  StreamDecoder stream(words(), false);
  CHECK(stream.push(1) == "<|end|>");
  CHECK(words().decode({-5, 1 << 30}, false).empty());
}

TEST(a_tokenizer_without_a_file_gives_nothing) {
  const Tokenizer none;
  std::vector<int32_t> ids;
  none.encode("text", true, &ids);
  CHECK(ids.empty() && none.piece(0).empty() && none.id_of("a") == -1 && none.decode({0, 1}, true).empty());
}

TEST(a_file_that_is_not_there_is_named) {
  TokenizerFile file;
  std::string error;
  CHECK(!file.open("no/such.tokenizer", &error));
  CHECK(error.find("'no/such.tokenizer' cannot be opened") != std::string::npos);
}

// Random bytes of a fixed seed; kDigest is what the library gives for them.
TEST(every_device_gives_the_same_tokens_for_the_same_bytes) {
  uint32_t state = 1;
  auto next = [&state] { return (state = state * 1664525u + 1013904223u) >> 16; };
  uint32_t digest = 2166136261u;
  for (int round = 0; round < 300; ++round) {
    std::string text;
    for (uint32_t length = next() % 60; length > 0; --length) {
      const uint32_t kind = next() % 8;
      if (kind == 0) text += static_cast<char>(next());
      if (kind == 1) text += ' ';
      if (kind > 1) text += kLetters[next() % kLetters.size()];
    }
    for (int32_t id : encoded(text)) digest = (digest ^ static_cast<uint32_t>(id)) * 16777619u;
  }
  if (digest != kDigest) std::printf("digest %u\n", digest);
  CHECK(digest == kDigest);
}

}  // namespace
}  // namespace etbuild::runner

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  etbuild::runner::g_path = argv[1];
  return etbuild::testing::run_all();
}
