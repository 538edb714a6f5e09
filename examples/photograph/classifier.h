// A picture to the classes that it likely shows: the program and the kernels that the image holds.
#pragma once

#include <executorch/extension/data_loader/buffer_data_loader.h>
#include <executorch/runtime/executor/method.h>
#include <executorch/runtime/executor/program.h>

#include <optional>
#include <string>
#include <vector>

#include "picture.h"

struct Guess {
  // Of ImageNet's 1,000: 985 is a daisy, 698 a palace.
  size_t label = 0;
  // From 0 to 1.
  float probability = 0;
};

// One at a time: the program's memory is the image's.
class Classifier {
 public:
  Classifier();

  // Loads the program. False if that fails; then `*error` says why in one line.
  bool open(std::string* error);

  // What the program takes for a picture: [3, 224, 224], about -1 to 1.
  static std::vector<float> input(const Picture& picture);

  // Runs the program on what input() gave, and writes what it says: a number for each class, the likelier the higher.
  // False if the program fails; then `*error` says why.
  bool run(std::vector<float> values, std::vector<float>* logits, std::string* error);

  // Writes the likeliest classes, most likely first. False if the program fails; then `*error` says why.
  bool classify(const Picture& picture, std::vector<Guess>* guesses, std::string* error);

 private:
  executorch::extension::BufferDataLoader loader_;
  std::optional<executorch::runtime::Program> program_;
  std::optional<executorch::runtime::Method> method_;
};
