#include "recorded_calls.h"

#include <algorithm>
#include <cstdlib>

namespace etbuild::runner {
namespace {

constexpr char kFirstLine[] = "etbuild-calls 1";

bool read_number(const std::string& text, int64_t* number) {
  if (text.empty() || text.size() > 18 || text.find_first_not_of("0123456789") != std::string::npos) return false;
  *number = std::strtoll(text.c_str(), nullptr, 10);
  return true;
}

class Reader {
 public:
  Reader(const std::string& path, std::vector<RecordedMethod>* methods)
      : folder_(path.substr(0, path.rfind('/') + 1)), methods_(methods) {}

  // Takes a line in; returns what is wrong with it, or nothing.
  std::string take(const std::string& line) {
    const size_t blank = line.find(' ');
    const std::string word = line.substr(0, blank);
    const std::string rest = blank == std::string::npos ? "" : line.substr(blank + 1);
    if (word == "method") {
      methods_->push_back({rest, {}, {}});
      begins_sequence_ = true;
      return "";
    }
    if (methods_->empty()) return "must be a method before all else, is '" + word + "'";
    RecordedMethod& method = methods_->back();
    if (word == "tolerance") {
      method.tolerances.emplace_back();
      return parse_tolerance(rest, &method.tolerances.back()).message();
    }
    if (word == "sequence") {
      begins_sequence_ = true;
    } else if (word == "call") {
      method.calls.push_back({rest, begins_sequence_, {}, {}, "", -1});
      begins_sequence_ = false;
    } else if (method.calls.empty()) {
      return "must be tolerance, sequence or call before the first call, is '" + word + "'";
    } else {
      return take_part(word, rest, &method.calls.back());
    }
    return "";
  }

 private:
  std::string take_part(const std::string& word, const std::string& rest, RecordedCall* call) {
    if (word == "input") {
      call->inputs.push_back(folder_ + rest);
    } else if (word == "logits") {
      call->logits = folder_ + rest;
    } else if (word == "expected") {
      const size_t blank = rest.find(' ');
      int64_t output = 0;
      if (blank == std::string::npos || !read_number(rest.substr(0, blank), &output)) {
        return "must be an output's number and a path, is '" + rest + "'";
      }
      call->expected.emplace_back(static_cast<size_t>(output), folder_ + rest.substr(blank + 1));
    } else if (word != "token") {
      return "must be input, expected, logits or token, is '" + word + "'";
    } else if (!read_number(rest, &call->token)) {
      return "must be a token's number, is '" + rest + "'";
    }
    return "";
  }

  std::string folder_;
  std::vector<RecordedMethod>* methods_;
  bool begins_sequence_ = false;
};

Status unreadable(const std::string& path, size_t line, const std::string& problem) {
  return {StatusCode::kUnreadable, "line " + std::to_string(line) + " of '" + path + "': " + problem};
}

}  // namespace

Status read_recorded_calls(const std::string& path, std::vector<RecordedMethod>* methods) {
  std::vector<uint8_t> bytes;
  const Status status = read_file(path, &bytes);
  return status.ok() ? parse_recorded_calls(path, std::string(bytes.begin(), bytes.end()), methods) : status;
}

Status parse_recorded_calls(const std::string& path, const std::string& text, std::vector<RecordedMethod>* methods) {
  Reader reader(path, methods);
  size_t number = 0;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    const std::string line = text.substr(begin, end - begin);
    begin = end + 1;
    ++number;
    const std::string problem = number > 1 ? reader.take(line) : line == kFirstLine ? "" : "must be recorded calls";
    if (!problem.empty()) {
      return unreadable(path, number, problem);
    }
  }
  size_t calls = 0;
  for (const RecordedMethod& method : *methods) calls += method.calls.size();
  if (calls > 0) return {};
  return {StatusCode::kUnreadable, "'" + path + "' must hold recorded calls, holds none"};
}

}  // namespace etbuild::runner
