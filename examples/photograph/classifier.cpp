#include "classifier.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "kernels.h"
#include "programs.h"

using executorch::aten::ScalarType;
using executorch::aten::Tensor;
using executorch::aten::TensorImpl;
using executorch::runtime::Error;
using executorch::runtime::EValue;
using executorch::runtime::Program;

#ifdef FLOAT32
namespace model = programs::efficientnet_lite0_portable;
#else
namespace model = programs::efficientnet_lite0_int8;
#endif

namespace {

constexpr int32_t kSide = 224;
constexpr size_t kGuesses = 5;

std::string failed(const char* what, Error error) {
  return std::string(what) + " failed with error " + std::to_string(static_cast<unsigned>(error));
}

// Logits to probabilities, the likeliest first.
std::vector<Guess> likeliest(const std::vector<float>& logits) {
  const float largest = *std::max_element(logits.begin(), logits.end());
  std::vector<Guess> all(logits.size());
  float sum = 0;
  for (size_t label = 0; label < all.size(); ++label) {
    all[label] = {label, std::exp(logits[label] - largest)};
    sum += all[label].probability;
  }
  for (Guess& guess : all) guess.probability /= sum;
  const size_t kept = std::min(kGuesses, all.size());
  std::partial_sort(all.begin(), all.begin() + static_cast<ptrdiff_t>(kept), all.end(),
                    [](const Guess& left, const Guess& right) { return left.probability > right.probability; });
  all.resize(kept);
  return all;
}

}  // namespace

Classifier::Classifier() : loader_(model::data, model::size) {}

bool Classifier::open(std::string* error) {
  auto program = Program::load(&loader_);
  if (!program.ok()) return *error = failed("loading the program", program.error()), false;
  program_.emplace(std::move(program.get()));
  auto method = program_->load_method(model::forward::name, model::forward::memory(), nullptr, nullptr, nullptr,
                                      programs::kernels());
  if (!method.ok()) return *error = failed("loading the method", method.error()), false;
  method_.emplace(std::move(method.get()));
  return true;
}

std::vector<float> Classifier::input(const Picture& picture) {
  std::vector<float> values = middle_square(picture, kSide);
  for (float& value : values) value = (value - 127) / 128;  // As the model was trained.
  return values;
}

bool Classifier::run(std::vector<float> values, std::vector<float>* logits, std::string* error) {
  int32_t sizes[] = {1, 3, kSide, kSide};
  int32_t strides[] = {3 * kSide * kSide, kSide * kSide, kSide, 1};
  uint8_t order[] = {0, 1, 2, 3};
  TensorImpl pixels(ScalarType::Float, 4, sizes, values.data(), order, strides);
  Error result = method_->set_input(EValue(Tensor(&pixels)), 0);
  if (result == Error::Ok) result = method_->execute();
  if (result != Error::Ok) return *error = failed("running the program", result), false;
  const Tensor output = method_->get_output(0).toTensor();
  logits->assign(output.const_data_ptr<float>(), output.const_data_ptr<float>() + output.numel());
  return true;
}

bool Classifier::classify(const Picture& picture, std::vector<Guess>* guesses, std::string* error) {
  std::vector<float> logits;
  if (!run(input(picture), &logits, error)) return false;
  *guesses = likeliest(logits);
  return true;
}
