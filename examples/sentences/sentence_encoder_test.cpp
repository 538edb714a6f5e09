// The encoder against eager PyTorch: the sentences that //models:minilm_portable was proven with.
#include "sentence_encoder.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "programs.h"
#include "runtime/testing/check.h"

namespace {

const char* const kSentences[] = {"A man is eating food.", "A man is eating a piece of bread.", "A baby is sleeping."};

SentenceEncoder& encoder() {
  static SentenceEncoder once;
  static std::string error;
  static const bool opened = once.open(&error);
  if (!opened) std::printf("%s\n", error.c_str());
  return once;
}

executorch::runtime::Span<const programs::Call> proven_calls() { return programs::minilm_portable::forward::calls(); }

TEST(a_sentence_has_the_tokens_that_the_tokenizers_library_gives) {
  CHECK(proven_calls().size() >= 3);
  for (size_t at = 0; at < 3; ++at) {
    const auto ids = encoder().tokens(kSentences[at]);
    const programs::Bytes& wanted = proven_calls()[at].inputs[0];
    const auto* first = static_cast<const int64_t*>(wanted.data);
    CHECK(std::equal(ids.begin(), ids.end(), first, first + wanted.size / sizeof(int64_t)));
  }
}

TEST(a_sentence_has_the_vector_that_eager_gives) {
  for (size_t at = 0; at < 3; ++at) {
    std::vector<float> vector;
    std::string error;
    CHECK(encoder().encode(kSentences[at], &vector, &error));
    const programs::Bytes& wanted = proven_calls()[at].expected[0];
    CHECK(vector.size() == wanted.size / sizeof(float));
    for (size_t place = 0; place < vector.size(); ++place) {
      CHECK(std::fabs(vector[place] - static_cast<const float*>(wanted.data)[place]) < 1e-6F);
    }
  }
}

TEST(what_means_the_same_is_nearer_than_what_does_not) {
  std::vector<float> vectors[3];
  std::string error;
  for (size_t at = 0; at < 3; ++at) CHECK(encoder().encode(kSentences[at], &vectors[at], &error));
  CHECK(similarity(vectors[0], vectors[1]) > 0.7F);
  CHECK(similarity(vectors[0], vectors[2]) < 0.2F);
}

TEST(a_sentence_that_is_too_long_is_refused_in_words) {
  std::string sentence;
  for (int word = 0; word < 200; ++word) sentence += "food ";
  std::vector<float> vector;
  std::string error;
  CHECK(!encoder().encode(sentence, &vector, &error));
  CHECK(error == "a sentence must have at most 128 tokens, this has 202");
}

}  // namespace

TEST_MAIN()
