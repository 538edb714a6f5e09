// Replays files of recorded calls: see replay.h.

#include <executorch/runtime/platform/runtime.h>

#include <cstdio>
#include <cstring>

#include "guarded_call.h"
#include "replay.h"

#if defined(ETBUILD_BARE_METAL)
#include "bare.h"
#endif

namespace {

using etbuild::proof::Replay;
using etbuild::proof::ReplayOptions;

std::vector<std::string> names_in(const char* text) {
  std::vector<std::string> names(1);
  for (; *text != 0; ++text) {
    if (*text == ',') {
      names.emplace_back();
    } else {
      names.back() += *text;
    }
  }
  return names;
}

ReplayOptions options_of(int argc, char** argv) {
  ReplayOptions options;
  for (int i = 1; i < argc; ++i) {
    const bool has_more = i + 1 < argc;
    if (std::strcmp(argv[i], "--operators") == 0 && has_more) {
      options.operators = names_in(argv[++i]);
    } else if (std::strcmp(argv[i], "--skip") == 0 && has_more) {
      options.skipped = names_in(argv[++i]);
    } else if (std::strcmp(argv[i], "--present") == 0) {
      options.only_present = true;
    } else if (std::strcmp(argv[i], "--wrong") == 0) {
      options.makes_wrong_calls = true;
    } else if (std::strcmp(argv[i], "--all") == 0) {
      options.shows_all = true;
    } else if (std::strcmp(argv[i], "--calls") == 0) {
      options.shows_calls = true;
    } else {
      options.files.emplace_back(argv[i]);
    }
  }
  return options;
}

#if defined(ETBUILD_BARE_METAL)
bool read_file(const char* path, std::vector<uint8_t>& bytes) {
  const ptrdiff_t length = bare_read_file(path, nullptr, 0);
  bytes.resize(length > 0 ? static_cast<size_t>(length) : 0);
  return length >= 0 && bare_read_file(path, bytes.data(), bytes.size()) == length;
}
#else
bool read_file(const char* path, std::vector<uint8_t>& bytes) {
  std::FILE* file = std::fopen(path, "rb");
  if (file == nullptr) return false;
  bytes.clear();
  uint8_t part[1 << 14];
  for (size_t count = 0; (count = std::fread(part, 1, sizeof(part), file)) > 0;) {
    bytes.insert(bytes.end(), part, part + count);
  }
  const bool is_whole = std::ferror(file) == 0;
  std::fclose(file);
  return is_whole;
}
#endif

}  // namespace

int main(int argc, char** argv) {
  executorch::runtime::runtime_init();
  etbuild::proof::prepare_calls();
  const ReplayOptions options = options_of(argc, argv);
  Replay replay(options);
  std::vector<uint8_t> bytes;
  for (const std::string& file : options.files) {
    if (read_file(file.c_str(), bytes) && replay.run(bytes.data(), bytes.size())) continue;
    std::printf("%s is no file of recorded calls\n", file.c_str());
    return 1;
  }
  return replay.finish();
}
