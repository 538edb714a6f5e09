// How the runner's functions say that they could not do what they were asked to. Knows no reasons.

#pragma once

#include <string>
#include <utility>

namespace etbuild::runner {

enum class StatusCode {
  kOk,
  kUnreadable,   // A file is not there, or is not what it should be.
  kUnsuitable,   // A program that works, but is no decoder of text, or not for this tokenizer.
  kMissingPart,  // The linked runtime lacks operators or backends that the program needs.
  kBadArgument,  // A value that the caller chose.
  kContextFull,  // No room for another token.
  kFailed,       // The runtime failed while running.
};

// A code for programs and one line (or several) for people: what must be, and what is.
class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(StatusCode code, std::string message) : code_(code), message_(std::move(message)) {}

  bool ok() const { return code_ == StatusCode::kOk; }
  StatusCode code() const { return code_; }
  const std::string& message() const { return message_; }

 private:
  StatusCode code_ = StatusCode::kOk;
  std::string message_;
};

}  // namespace etbuild::runner
