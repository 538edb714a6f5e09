// The canonical text: what a runtime answered, without addresses or times, a line for each answer.

#pragma once

#include <executorch/runtime/core/error.h>
#include <executorch/runtime/core/evalue.h>
#include <executorch/runtime/core/result.h>

#include <cstdio>
#include <string>

namespace etbuild::differential {

// Names what a runtime is asked, so that a line tells its program, scenario and question.
class Report {
 public:
  explicit Report(FILE* file) : file_(file) {}

  void begin(const std::string& program, const char* scenario);
  // For methods, inputs and the like: what stands before the following questions.
  void about(std::string what) { about_ = std::move(what); }
  void line(const std::string& question, const std::string& answer);
  // Returns whether it is Ok.
  bool error(const std::string& question, executorch::runtime::Error error);

 private:
  FILE* file_;
  std::string prefix_;
  std::string about_;
};

std::string error_text(executorch::runtime::Error error);
std::string value_text(const executorch::runtime::EValue& value);
// Dtype, sizes, order, strides; and a digest of the elements, unless they may be left undefined.
std::string tensor_text(const executorch::aten::Tensor& tensor, bool with_elements = true);
std::string bytes_text(const void* data, size_t size);
std::string quoted(std::string_view text);

template <typename T>
std::string list_text(const T* items, size_t count) {
  std::string text = "[";
  for (size_t i = 0; i < count; ++i) text += (i > 0 ? "," : "") + std::to_string(items[i]);
  return text + "]";
}

template <typename T>
std::string result_text(const executorch::runtime::Result<T>& result) {
  return result.ok() ? std::to_string(static_cast<long long>(*result)) : error_text(result.error());
}

}  // namespace etbuild::differential
