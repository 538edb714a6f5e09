#include "tokenizer_normalizer.h"

#include <algorithm>
#include <vector>

#include "tokenizer_pattern.h"
#include "tokenizer_text.h"

namespace etbuild::runner {
namespace {

using format::File;
using format::Operation;

// Hangul's syllables, by Unicode's arithmetic: lead consonants, vowels and tail consonants (the first means none).
constexpr uint32_t kSyllables = 0xAC00;
constexpr uint32_t kLeads = 0x1100;
constexpr uint32_t kVowels = 0x1161;
constexpr uint32_t kTails = 0x11A7;
constexpr uint32_t kLeadCount = 19;
constexpr uint32_t kVowelCount = 21;
constexpr uint32_t kTailCount = 28;
constexpr uint32_t kSyllableCount = kLeadCount * kVowelCount * kTailCount;

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char each) { return static_cast<uint8_t>(each) < 0x80; });
}

const format::MapEntry* entry_of(const File& file, uint32_t map, uint32_t code_point) {
  const format::MapEntry* const end = file.map_entries.data + file.map_starts[map + 1];
  const format::MapEntry* const entry =
      std::lower_bound(file.map_entries.data + file.map_starts[map], end, code_point,
                       [](const format::MapEntry& each, uint32_t value) { return each.range.last < value; });
  return entry != end && entry->range.first <= code_point ? entry : nullptr;
}

void append_syllable(uint32_t syllable, std::string* out) {
  const uint32_t index = syllable - kSyllables;
  text::append(kLeads + index / (kVowelCount * kTailCount), out);
  text::append(kVowels + index / kTailCount % kVowelCount, out);
  if (index % kTailCount != 0) text::append(kTails + index % kTailCount, out);
}

std::string mapped(const File& file, uint32_t map, bool hangul, std::string_view text) {
  std::string out;
  out.reserve(text.size());
  size_t length = 0;
  for (size_t at = 0; at < text.size(); at += length) {
    const uint32_t code_point = text::code_point(text, at, &length);
    if (hangul && code_point >= kSyllables && code_point < kSyllables + kSyllableCount) {
      append_syllable(code_point, &out);
      continue;
    }
    const format::MapEntry* const entry = entry_of(file, map, code_point);
    if (entry != nullptr) out.append(file.string(entry->string));
    if (entry == nullptr || entry->kind == 1) out.append(text.substr(at, length));
    if (entry != nullptr && entry->kind == 1) out.append(file.string(entry->string));
  }
  return out;
}

uint32_t combining_class(const File& file, uint32_t code_point) {
  const format::CombiningClass* const found =
      std::lower_bound(file.classes.begin(), file.classes.end(), code_point,
                       [](const format::CombiningClass& each, uint32_t value) { return each.range.last < value; });
  return found != file.classes.end() && found->range.first <= code_point ? found->order : 0;
}

struct Mark {
  uint32_t code_point;
  uint32_t order;
};

std::vector<Mark> marks_of(const File& file, std::string_view text) {
  std::vector<Mark> marks;
  marks.reserve(text.size());
  size_t length = 0;
  for (size_t at = 0; at < text.size(); at += length) {
    const uint32_t code_point = text::code_point(text, at, &length);
    marks.push_back({code_point, combining_class(file, code_point)});
  }
  return marks;
}

std::string joined(const std::vector<Mark>& marks) {
  std::string out;
  for (const Mark& mark : marks) text::append(mark.code_point, &out);
  return out;
}

// Puts each run of combining marks into canonical order.
std::string ordered(const File& file, std::string_view text) {
  std::vector<Mark> marks = marks_of(file, text);
  auto first = marks.begin();
  while (first != marks.end()) {
    first = std::find_if(first, marks.end(), [](const Mark& mark) { return mark.order != 0; });
    const auto last = std::find_if(first, marks.end(), [](const Mark& mark) { return mark.order == 0; });
    std::stable_sort(first, last, [](const Mark& left, const Mark& right) { return left.order < right.order; });
    first = last;
  }
  return joined(marks);
}

// What two code points compose to, 0 if to nothing.
uint32_t composed(const File& file, uint32_t first, uint32_t second) {
  if (first - kLeads < kLeadCount && second - kVowels < kVowelCount) {
    return kSyllables + ((first - kLeads) * kVowelCount + (second - kVowels)) * kTailCount;
  }
  if (first - kSyllables < kSyllableCount && (first - kSyllables) % kTailCount == 0 && second > kTails &&
      second - kTails < kTailCount) {
    return first + (second - kTails);
  }
  const format::Composition* const found = std::lower_bound(
      file.compositions.begin(), file.compositions.end(), 0, [&](const format::Composition& each, int) {
        return each.first != first ? each.first < first : each.second < second;
      });
  const bool is_it = found != file.compositions.end() && found->first == first && found->second == second;
  return is_it ? found->result : 0;
}

std::string compose(const File& file, std::string_view text) {
  const std::vector<Mark> marks = marks_of(file, text);
  std::vector<Mark> out;
  out.reserve(marks.size());
  size_t starter = marks.size();  // Where in `out` the last starter is; none yet.
  for (const Mark& mark : marks) {
    if (starter < out.size()) {
      // A mark is blocked from its starter by another one between them of the same order, or a higher one.
      const bool beside = starter + 1 == out.size();
      if (beside || out.back().order < mark.order) {
        const uint32_t whole = composed(file, out[starter].code_point, mark.code_point);
        if (whole != 0) {
          out[starter].code_point = whole;
          continue;
        }
      }
    }
    if (mark.order == 0) starter = out.size();
    out.push_back(mark);
  }
  return joined(out);
}

std::string_view stripped(const File& file, const Operation& step, std::string_view text) {
  size_t length = 0;
  while ((step.b & 1) != 0 && !text.empty() && text::holds(file, step.a, text::code_point(text, 0, &length))) {
    text.remove_prefix(length);
  }
  while ((step.b & 2) != 0 && !text.empty()) {
    const size_t last = text::before(text, text.size());
    if (!text::holds(file, step.a, text::code_point(text, last, &length))) break;
    text = text.substr(0, last);
  }
  return text;
}

void apply(const File& file, const Operation& step, std::string* text) {
  switch (step.kind) {
    case format::kMap:
      *text = mapped(file, step.a, false, *text);
      break;
    case format::kDecompose:
      if (!is_ascii(*text)) *text = ordered(file, mapped(file, step.a, true, *text));
      break;
    case format::kCompose:
      if (!is_ascii(*text)) *text = compose(file, *text);
      break;
    case format::kReplace:
      *text = replace(file, step.a, file.string({step.b, step.c}), *text);
      break;
    case format::kPrepend:
      if (!text->empty()) text->insert(0, file.string({step.a, step.b}));
      break;
    default:
      *text = std::string(stripped(file, step, *text));
  }
}

}  // namespace

std::string normalize(const File& file, std::string_view text) {
  std::string result(text);
  for (const Operation& step : file.normalizer) apply(file, step, &result);
  return result;
}

std::string replace(const File& file, uint32_t program, std::string_view by, std::string_view text) {
  std::string out;
  size_t done = 0;
  size_t start = 0;
  size_t end = 0;
  while (pattern::find(file, program, text, done, &start, &end)) {
    out.append(text.substr(done, start - done)).append(by);
    done = end;
  }
  return out.append(text.substr(done));
}

}  // namespace etbuild::runner
