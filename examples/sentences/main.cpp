// Prints how near each further sentence is to the first:  sentences "A man is eating food." "A man is eating bread."
#include <executorch/runtime/platform/runtime.h>

#include <cstdio>

#include "sentence_encoder.h"

int main(int count, char** words) {
  executorch::runtime::runtime_init();
  if (count < 3) {
    std::fprintf(stderr, "usage: %s SENTENCE SENTENCE...\n", words[0]);
    return 2;
  }
  SentenceEncoder encoder;
  std::string error;
  std::vector<float> first;
  if (!encoder.open(&error) || !encoder.encode(words[1], &first, &error)) {
    std::fprintf(stderr, "%s\n", error.c_str());
    return 1;
  }
  for (int at = 2; at < count; ++at) {
    std::vector<float> other;
    if (!encoder.encode(words[at], &other, &error)) {
      std::fprintf(stderr, "%s: %s\n", words[at], error.c_str());
      return 1;
    }
    std::printf("%6.3f  %s\n", static_cast<double>(similarity(first, other)), words[at]);
  }
  return 0;
}
