#include "sentence_encoder.h"

#include <numeric>
#include <utility>

#include "kernels.h"
#include "programs.h"

using executorch::aten::ScalarType;
using executorch::aten::Tensor;
using executorch::aten::TensorImpl;
using executorch::runtime::Error;
using executorch::runtime::EValue;
using executorch::runtime::Program;

namespace model = programs::minilm_portable;
namespace words = programs::files::words_tokenizer;

namespace {

std::string failed(const char* what, Error error) {
  return std::string(what) + " failed with error " + std::to_string(static_cast<unsigned>(error));
}

}  // namespace

SentenceEncoder::SentenceEncoder() : loader_(model::data, model::size) {}

bool SentenceEncoder::open(std::string* error) {
  if (!etbuild::runner::Tokenizer::load(words::data, words::size, &tokenizer_, error)) return false;
  auto program = Program::load(&loader_);
  if (!program.ok()) return *error = failed("loading the program", program.error()), false;
  program_.emplace(std::move(program.get()));
  auto method = program_->load_method(model::forward::name, model::forward::memory(), nullptr, nullptr, nullptr,
                                      programs::kernels());
  if (!method.ok()) return *error = failed("loading the method", method.error()), false;
  method_.emplace(std::move(method.get()));
  return true;
}

std::vector<int64_t> SentenceEncoder::tokens(std::string_view sentence) const {
  std::vector<int32_t> ids;
  tokenizer_.encode(sentence, true, &ids);
  return {ids.begin(), ids.end()};
}

bool SentenceEncoder::encode(std::string_view sentence, std::vector<float>* vector, std::string* error) {
  std::vector<int64_t> ids = tokens(sentence);
  const int32_t longest = method_->method_meta().input_tensor_meta(0)->sizes()[1];
  if (ids.size() > static_cast<size_t>(longest)) {
    *error =
        "a sentence must have at most " + std::to_string(longest) + " tokens, this has " + std::to_string(ids.size());
    return false;
  }
  std::vector<int64_t> mask(ids.size(), 1);  // No padding: the program takes any length.
  const auto length = static_cast<int32_t>(ids.size());
  int32_t sizes[] = {1, length};
  int32_t strides[] = {length, 1};
  uint8_t order[] = {0, 1};
  TensorImpl input_ids(ScalarType::Long, 2, sizes, ids.data(), order, strides);
  TensorImpl attention_mask(ScalarType::Long, 2, sizes, mask.data(), order, strides);
  Error result = method_->set_input(EValue(Tensor(&input_ids)), 0);
  if (result == Error::Ok) result = method_->set_input(EValue(Tensor(&attention_mask)), 1);
  if (result == Error::Ok) result = method_->execute();
  if (result != Error::Ok) return *error = failed("running the program", result), false;
  const Tensor output = method_->get_output(0).toTensor();
  const auto* first = output.const_data_ptr<float>();
  vector->assign(first, first + output.numel());
  return true;
}

float similarity(const std::vector<float>& left, const std::vector<float>& right) {
  return std::inner_product(left.begin(), left.end(), right.begin(), 0.0F);
}
