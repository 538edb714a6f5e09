#include "report.h"

#include <executorch/runtime/core/exec_aten/util/scalar_type_util.h>
#include <executorch/runtime/core/tag.h>

#include <cstdint>
#include <cstring>

namespace etbuild::differential {
namespace {

using executorch::aten::Tensor;
using executorch::runtime::Error;
using executorch::runtime::EValue;

std::string hexadecimal(uint64_t value) {
  char text[20];
  std::snprintf(text, sizeof(text), "%llx", static_cast<unsigned long long>(value));
  return text;
}

std::string double_text(double value) {
  uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof(bits));
  char text[64];
  std::snprintf(text, sizeof(text), "%.17g (%llx)", value, static_cast<unsigned long long>(bits));
  return text;
}

}  // namespace

void Report::begin(const std::string& program, const char* scenario) {
  prefix_ = program + "|" + scenario + "|";
  about_.clear();
}

void Report::line(const std::string& question, const std::string& answer) {
  std::fprintf(file_, "%s%s%s: %s\n", prefix_.c_str(), about_.c_str(), question.c_str(), answer.c_str());
  std::fflush(file_);  // The next question may end the process.
}

bool Report::error(const std::string& question, Error error) {
  line(question, error_text(error));
  return error == Error::Ok;
}

std::string error_text(Error error) { return executorch::runtime::to_string(error); }

std::string bytes_text(const void* data, size_t size) {
  if (data == nullptr) return "no data";
  const auto* bytes = static_cast<const uint8_t*>(data);
  uint64_t digest = 14695981039346656037U;  // FNV-1a.
  for (size_t i = 0; i < size; ++i) digest = (digest ^ bytes[i]) * 1099511628211U;
  std::string text = std::to_string(size) + " bytes " + hexadecimal(digest) + " [";
  for (size_t i = 0; i < size && i < 16; ++i) {
    char digits[4];
    std::snprintf(digits, sizeof(digits), "%02x", bytes[i]);
    text += digits;
  }
  return text + "]";
}

std::string tensor_text(const Tensor& tensor, bool with_elements) {
  std::string text = executorch::runtime::toString(tensor.scalar_type());
  text += " " + list_text(tensor.sizes().data(), tensor.sizes().size());
  text += " order " + list_text(tensor.dim_order().data(), tensor.dim_order().size());
  text += " strides " + list_text(tensor.strides().data(), tensor.strides().size());
  text += " dynamism " + std::to_string(static_cast<int>(tensor.shape_dynamism()));
  text += " numel " + std::to_string(tensor.numel());
  if (!with_elements) return text + (tensor.const_data_ptr() == nullptr ? " no data" : " data");
  return text + " " + bytes_text(tensor.const_data_ptr(), tensor.nbytes());
}

std::string quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

std::string value_text(const EValue& value) {
  char tag[executorch::runtime::kTagNameBufferSize];
  executorch::runtime::tag_to_string(value.tag, tag, sizeof(tag));
  std::string text = tag;
  if (value.isTensor()) return text + " " + tensor_text(value.toTensor());
  if (value.isInt()) return text + " " + std::to_string(value.toInt());
  if (value.isDouble()) return text + " " + double_text(value.toDouble());
  if (value.isBool()) return text + (value.toBool() ? " true" : " false");
  if (value.isString()) return text + " " + quoted({value.toString().data(), value.toString().size()});
  if (value.isIntList()) return text + " " + list_text(value.toIntList().data(), value.toIntList().size());
  if (value.isBoolList()) return text + " " + list_text(value.toBoolList().data(), value.toBoolList().size());
  if (value.isDoubleList()) {
    for (const double item : value.toDoubleList()) text += " " + double_text(item);
  } else if (value.isTensorList()) {
    for (const Tensor& item : value.toTensorList()) text += " (" + tensor_text(item) + ")";
  } else if (value.isListOptionalTensor()) {
    for (const auto& item : value.toListOptionalTensor()) text += item ? " (" + tensor_text(*item) + ")" : " ()";
  }
  return text;
}

}  // namespace etbuild::differential
