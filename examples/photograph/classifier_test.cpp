// The classifier on two photographs: Pillow's pixels, the host's answers, eager PyTorch's classes.
#include "classifier.h"

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <string>

#include "programs.h"
#include "runtime/testing/check.h"

namespace {

using programs::Bytes;

// How far an answer may be from the host's, in units in the last place of the largest; how far a probability from eager
// PyTorch's.
#ifdef FLOAT32
namespace model = programs::efficientnet_lite0_portable;
constexpr float kUlps = 8;
constexpr float kFromEager = 0.01F;  // Pixels are rounded.
#else
namespace model = programs::efficientnet_lite0_int8;
constexpr float kUlps = 0;
constexpr float kFromEager = 0.1F;
#endif

constexpr size_t kClasses = 1000;
constexpr size_t kPalace = 698;
constexpr size_t kDaisy = 985;

const programs::Call& proven(size_t index) { return model::forward::calls()[index]; }

std::vector<float> floats(const void* data, size_t count) {
  std::vector<float> values(count);
  std::memcpy(values.data(), data, count * sizeof(float));
  return values;
}

// What eager PyTorch says of a photograph.
std::vector<float> eager(size_t index) {
  static_assert(programs::files::photographs_logits::size == 2 * kClasses * sizeof(float));
  const uint8_t* data = programs::files::photographs_logits::data;
  return floats(data + index * kClasses * sizeof(float), kClasses);
}

float probability(const std::vector<float>& logits, size_t label) {
  float sum = 0;
  for (const float logit : logits) sum += std::exp(logit - logits[label]);
  return 1 / sum;
}

size_t likeliest(const std::vector<float>& logits) {
  return static_cast<size_t>(std::max_element(logits.begin(), logits.end()) - logits.begin());
}

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

// The device's class is eager PyTorch's, about as likely; and that is what the photograph shows.
void check_shows(size_t index, size_t label) {
  Classifier classifier;
  std::string error;
  std::vector<Guess> guesses(1);
  CHECK(likeliest(eager(index)) == label);
  CHECK(classifier.open(&error));
  CHECK(classifier.classify(photograph(index), &guesses, &error));
  CHECK(guesses.front().label == label);
  CHECK(std::fabs(guesses.front().probability - probability(eager(index), label)) < kFromEager);
}

TEST(a_photograph_becomes_the_pixels_that_pillow_makes_of_it) {
  for (size_t index = 0; index < 2; ++index) {
    const std::vector<float> values = Classifier::input(photograph(index));
    const Bytes& wanted = proven(index).inputs[0];
    CHECK(values.size() == wanted.size / sizeof(float));
    float worst = 0;
    for (size_t at = 0; at < values.size(); ++at) {
      worst = std::max(worst, std::fabs(values[at] - static_cast<const float*>(wanted.data)[at]));
    }
    CHECK(worst <= 1.01F / 128);  // Pillow rounds to whole levels, after each direction.
  }
}

// Of int8 to the bit.
TEST(the_program_says_here_what_it_said_on_the_host) {
  Classifier classifier;
  std::string error;
  CHECK(classifier.open(&error));
  for (size_t index = 0; index < 2; ++index) {
    const Bytes& input = proven(index).inputs[0];
    const Bytes& output = proven(index).expected[0];
    const std::vector<float> wanted = floats(output.data, kClasses);
    std::vector<float> said;
    CHECK(classifier.run(floats(input.data, input.size / sizeof(float)), &said, &error));
    CHECK(output.size == kClasses * sizeof(float) && said.size() == kClasses);
    float worst = 0;
    for (size_t at = 0; at < kClasses; ++at) worst = std::max(worst, std::fabs(said[at] - wanted[at]));
    const float ulps = worst / (FLT_EPSILON * wanted[likeliest(wanted)]);
    std::printf("%d ulps from the host\n", static_cast<int>(ulps));
    CHECK(ulps <= kUlps);
  }
}

TEST(a_palace_is_a_palace) { check_shows(0, kPalace); }

TEST(a_daisy_is_a_daisy) { check_shows(1, kDaisy); }

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
