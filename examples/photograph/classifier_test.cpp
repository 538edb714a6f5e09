// The classifier on two photographs, against what the program was proven with: Pillow's pixels, eager PyTorch's
// classes.
#include "classifier.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>

#include "programs.h"
#include "runtime/testing/check.h"

namespace {

using programs::Bytes;

// In the order of the program's proof.
Picture photograph(size_t index) {
  Picture picture;
  std::string error;
  const bool is_read =
      index == 0 ? read_ppm(programs::files::palace_ppm::data, programs::files::palace_ppm::size, &picture, &error)
                 : read_ppm(programs::files::daisy_ppm::data, programs::files::daisy_ppm::size, &picture, &error);
  CHECK(is_read);
  return picture;
}

Guess likeliest(size_t index) {
  Classifier classifier;
  std::string error;
  std::vector<Guess> guesses(1);
  CHECK(classifier.open(&error));
  CHECK(classifier.classify(photograph(index), &guesses, &error));
  return guesses.front();
}

TEST(a_photograph_becomes_the_pixels_that_pillow_makes_of_it) {
  for (size_t index = 0; index < 2; ++index) {
    const std::vector<float> values = Classifier::input(photograph(index));
    const Bytes& wanted = programs::efficientnet_lite0_portable::forward::calls()[index].inputs[0];
    CHECK(values.size() == wanted.size / sizeof(float));
    float worst = 0;
    for (size_t at = 0; at < values.size(); ++at) {
      worst = std::max(worst, std::fabs(values[at] - static_cast<const float*>(wanted.data)[at]));
    }
    CHECK(worst <= 1.01F / 128);  // Pillow rounds to whole levels, after each direction.
  }
}

// What eager PyTorch gives a class of a photograph: from 0 to 1.
float wanted_probability(size_t index, size_t label) {
  const Bytes& wanted = programs::efficientnet_lite0_portable::forward::calls()[index].expected[0];
  const auto* logits = static_cast<const float*>(wanted.data);
  float sum = 0;
  for (size_t at = 0; at < wanted.size / sizeof(float); ++at) sum += std::exp(logits[at] - logits[label]);
  return 1 / sum;
}

// Within what rounding of pixels changes.
bool is_near(float left, float right) { return std::fabs(left - right) < 0.01F; }

TEST(a_palace_is_a_palace) {
  const Guess guess = likeliest(0);
  CHECK(guess.label == 698);
  CHECK(is_near(guess.probability, wanted_probability(0, 698)));
}

TEST(a_daisy_is_a_daisy) {
  const Guess guess = likeliest(1);
  CHECK(guess.label == 985);
  CHECK(is_near(guess.probability, wanted_probability(1, 985)));
}

TEST(what_is_no_pixmap_is_refused_in_words) {
  const auto said = [](const char* text) {
    Picture picture;
    std::string error;
    CHECK(!read_ppm(text, std::strlen(text), &picture, &error));
    return error;
  };
  CHECK(said("P5 1 1 255 x") == "must be a binary portable pixmap: P6");
  CHECK(said("P6 99999999999 1 255 x") == "must give a width, a height and 255 in its header");
  CHECK(said("P6\n# by hand\n2 1 255\nabcde") == "must have 6 bytes of pixels, has 5");
}

}  // namespace

TEST_MAIN()
