// Says what photographs show:  photograph daisy.ppm
#include <executorch/runtime/platform/runtime.h>

#include <cstdio>
#include <memory>

#include "classifier.h"

namespace {

// WASI's C++ library has no file streams.
bool read(const char* path, Picture* picture, std::string* error) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path, "rb"), std::fclose);
  std::vector<char> bytes;
  char part[4096];
  size_t count = sizeof part;
  while (file && count == sizeof part) {
    count = std::fread(part, 1, sizeof part, file.get());
    bytes.insert(bytes.end(), part, part + count);
  }
  if (!file || std::ferror(file.get()) != 0) return *error = "cannot be read", false;
  return read_ppm(bytes.data(), bytes.size(), picture, error);
}

}  // namespace

int main(int count, char** words) {
  executorch::runtime::runtime_init();
  if (count < 2) {
    std::fprintf(stderr, "usage: %s PICTURE.ppm...\n", words[0]);
    return 2;
  }
  Classifier classifier;
  std::string error;
  if (!classifier.open(&error)) {
    std::fprintf(stderr, "%s\n", error.c_str());
    return 1;
  }
  for (int at = 1; at < count; ++at) {
    Picture picture;
    std::vector<Guess> guesses;
    if (!read(words[at], &picture, &error) || !classifier.classify(picture, &guesses, &error)) {
      std::fprintf(stderr, "%s: %s\n", words[at], error.c_str());
      return 1;
    }
    std::printf("%s\n", words[at]);
    for (const Guess& guess : guesses) {
      std::printf("  %6.2f %%  %4zu\n", 100 * static_cast<double>(guess.probability), guess.label);
    }
  }
  return 0;
}
