#include "tokenizer_pattern.h"

#include <array>

#include "tokenizer_text.h"

namespace etbuild::runner::pattern {
namespace {

using format::Instruction;

// A choice that was made and can be made otherwise: go on at `next` from `at`, or, for a span, from any place down to
// `least`. Programs only go forward, so each instruction waits at most once.
struct Choice {
  uint32_t next;
  size_t at;
  size_t least;
};

class Machine {
 public:
  Machine(const format::File& file, uint32_t program, std::string_view text)
      : file_(file), code_(file.instructions.data + file.program_starts[program]), text_(text) {}

  size_t run(size_t start) {
    size_t at = start;
    uint32_t next = 0;
    for (;;) {
      const Instruction& step = code_[next];
      bool good = true;
      switch (step.kind) {
        case format::kMatch:
          return at > start ? at : kNoMatch;
        case format::kSpan:
        case format::kPossessive:
          good = take(step, next, &at);
          ++next;
          break;
        case format::kFork:
          choices_[count_++] = {step.a, at, at};
          ++next;
          break;
        case format::kJump:
          next = step.a;
          break;
        default:
          good = is_next(step.a, at) == (step.kind == format::kNext);
          ++next;
          break;
      }
      if (!good && !go_back(&next, &at)) return kNoMatch;
    }
  }

 private:
  bool is_next(uint32_t set, size_t at) const {
    size_t length = 0;
    return at < text_.size() && text::holds(file_, set, text::code_point(text_, at, &length));
  }

  bool take(const Instruction& step, uint32_t index, size_t* at) {
    size_t least = *at;
    uint32_t taken = 0;
    while (taken < step.c && *at < text_.size()) {
      size_t length = 0;
      if (!text::holds(file_, step.a, text::code_point(text_, *at, &length))) break;
      *at += length;
      if (++taken == step.b) least = *at;
    }
    if (taken < step.b) return false;
    if (step.kind == format::kSpan && *at > least) choices_[count_++] = {index + 1, *at, least};
    return true;
  }

  bool go_back(uint32_t* next, size_t* at) {
    if (count_ == 0) return false;
    Choice& choice = choices_[count_ - 1];
    if (choice.at > choice.least) choice.at = text::before(text_, choice.at);
    *next = choice.next;
    *at = choice.at;
    if (choice.at == choice.least) --count_;
    return true;
  }

  const format::File& file_;
  const Instruction* code_;
  std::string_view text_;
  uint32_t count_ = 0;
  std::array<Choice, format::kMaxInstructions> choices_;
};

}  // namespace

size_t match(const format::File& file, uint32_t program, std::string_view text, size_t at) {
  return Machine(file, program, text).run(at);
}

bool find(const format::File& file, uint32_t program, std::string_view text, size_t at, size_t* start, size_t* end) {
  while (at < text.size()) {
    const size_t stop = match(file, program, text, at);
    if (stop != kNoMatch) {
      *start = at;
      *end = stop;
      return true;
    }
    size_t length = 0;
    text::code_point(text, at, &length);
    at += length;
  }
  return false;
}

}  // namespace etbuild::runner::pattern
