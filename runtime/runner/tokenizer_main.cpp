// Encodes and decodes texts from standard input, for tests that hold the tokenizer against the library `tokenizers`.
// Knows nothing of that library.
//
//     tokenizer_main FILE encode    texts, each behind its length (4 bytes, little-endian), to ids, each list behind
//                                   its length; --special adds what belongs around a text;
//                                   --time also says on stderr what CPU seconds the encoding took
//     tokenizer_main FILE decode    lists of ids to texts; --all shows special tokens; --stream gives one text for each
//                                   id, and one for what was held back

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <string>
#include <vector>

#include "tokenizer_file.h"

namespace {

using etbuild::runner::StreamDecoder;
using etbuild::runner::Tokenizer;
using etbuild::runner::TokenizerFile;

struct Flags {
  bool decode = false;
  bool special = false;
  bool stream = false;
  bool all = false;
  bool time = false;
};

bool read_count(uint32_t* count) { return std::fread(count, sizeof(*count), 1, stdin) == 1; }

void write_counted(const void* data, size_t size, size_t count) {
  const auto length = static_cast<uint32_t>(count);
  std::fwrite(&length, sizeof(length), 1, stdout);
  std::fwrite(data, size, count, stdout);
}

bool encode_all(const Tokenizer& tokenizer, const Flags& flags) {
  uint32_t count = 0;
  std::string text;
  std::vector<int32_t> ids;
  std::clock_t spent = 0;
  while (read_count(&count)) {
    text.resize(count);
    if (std::fread(text.data(), 1, count, stdin) != count) return false;
    ids.clear();
    const std::clock_t start = std::clock();
    tokenizer.encode(text, flags.special, &ids);
    spent += std::clock() - start;
    write_counted(ids.data(), sizeof(int32_t), ids.size());
  }
  if (flags.time) std::fprintf(stderr, "%.6f\n", static_cast<double>(spent) / CLOCKS_PER_SEC);
  return true;
}

void write_text(const std::string& text) { write_counted(text.data(), 1, text.size()); }

bool decode_all(const Tokenizer& tokenizer, const Flags& flags) {
  uint32_t count = 0;
  std::vector<int32_t> ids;
  StreamDecoder stream(tokenizer, !flags.all);
  while (read_count(&count)) {
    ids.resize(count);
    if (std::fread(ids.data(), sizeof(int32_t), count, stdin) != count) return false;
    if (flags.stream) {
      for (int32_t id : ids) write_text(stream.push(id));
      write_text(stream.finish());
    } else {
      write_text(tokenizer.decode(ids, !flags.all));
    }
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  Flags flags;
  for (int i = 2; i < argc; ++i) {
    flags.decode |= std::strcmp(argv[i], "decode") == 0;
    flags.special |= std::strcmp(argv[i], "--special") == 0;
    flags.stream |= std::strcmp(argv[i], "--stream") == 0;
    flags.all |= std::strcmp(argv[i], "--all") == 0;
    flags.time |= std::strcmp(argv[i], "--time") == 0;
  }
  if (argc < 3) {
    std::fputs("usage: tokenizer_main FILE encode|decode [--special] [--stream] [--all] [--time]\n", stderr);
    return 2;
  }
  TokenizerFile file;
  std::string error;
  if (!file.open(argv[1], &error)) {
    std::fprintf(stderr, "%s\n", error.c_str());
    return 1;
  }
  const bool good = flags.decode ? decode_all(file.tokenizer(), flags) : encode_all(file.tokenizer(), flags);
  return good ? 0 : 1;
}
