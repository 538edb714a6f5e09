#include "tokenizer_splitter.h"

#include <algorithm>

#include "tokenizer_normalizer.h"
#include "tokenizer_pattern.h"

namespace etbuild::runner {
namespace {

using format::File;
using format::Operation;
using Span = Words::Span;

// A part of a word, and whether the pattern matched it.
struct Part {
  Span span;
  bool is_match;
};

void find_parts(const File& file, const Operation& step, std::string_view text, Span word, std::vector<Part>* parts) {
  parts->clear();
  const bool inverted = step.c == 1;
  const std::string_view inside = text.substr(0, word.end);
  size_t done = word.start;
  size_t start = 0;
  size_t end = 0;
  // A pattern sees nothing before its word: no program looks back, and the search begins there.
  while (pattern::find(file, step.a, inside, done, &start, &end)) {
    if (start > done) parts->push_back({{done, start}, inverted});
    parts->push_back({{start, end}, !inverted});
    done = end;
  }
  if (done < word.end) parts->push_back({{done, word.end}, inverted});
}

// What is between matches joins the match before it (or, from the back, behind it).
void merge_forward(const std::vector<Part>& parts, std::vector<Span>* out) {
  const size_t first = out->size();
  bool was_match = false;
  for (const Part& part : parts) {
    if (part.is_match && !was_match && out->size() > first) {
      out->back().end = part.span.end;
    } else {
      out->push_back(part.span);
    }
    was_match = part.is_match;
  }
}

void merge_backward(const std::vector<Part>& parts, std::vector<Span>* out) {
  const size_t first = out->size();
  bool was_match = false;
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
    if (part->is_match && !was_match && out->size() > first) {
      out->back().start = part->span.start;
    } else {
      out->push_back(part->span);
    }
    was_match = part->is_match;
  }
  std::reverse(out->begin() + static_cast<std::ptrdiff_t>(first), out->end());
}

void arrange(uint32_t behaviour, const std::vector<Part>& parts, std::vector<Span>* out) {
  if (behaviour == format::kMergedWithPrevious) return merge_forward(parts, out);
  if (behaviour == format::kMergedWithNext) return merge_backward(parts, out);
  for (size_t i = 0; i < parts.size(); ++i) {
    if (behaviour == format::kRemoved && parts[i].is_match) continue;
    if (behaviour == format::kContiguous && i > 0 && parts[i].is_match == parts[i - 1].is_match) {
      out->back().end = parts[i].span.end;
    } else {
      out->push_back(parts[i].span);
    }
  }
}

void split_words(const File& file, const Operation& step, Words* words) {
  std::vector<Span> spans;
  std::vector<Part> parts;
  for (const Span& word : words->spans) {
    find_parts(file, step, words->text, word, &parts);
    arrange(step.b, parts, &spans);
  }
  words->spans = std::move(spans);
}

// Rewrites each word.
template <typename Change>
void rewrite(Words* words, Change change) {
  Words result;
  for (size_t i = 0; i < words->spans.size(); ++i) {
    const size_t start = result.text.size();
    result.text += change((*words)[i], words->spans[i].start == 0);
    result.spans.push_back({start, result.text.size()});
  }
  *words = std::move(result);
}

void apply(const File& file, const Operation& step, bool is_first, Words* words) {
  if (step.kind == format::kSplit) {
    split_words(file, step, words);
  } else if (step.kind == format::kWordReplace) {
    const std::string_view by = file.string({step.b, step.c});
    rewrite(words, [&](std::string_view word, bool) { return replace(file, step.a, by, word); });
  } else {
    const std::string_view mark = file.string({step.a, step.b});
    rewrite(words, [&](std::string_view word, bool at_start) {
      const bool has_it = word.substr(0, mark.size()) == mark;
      const bool wanted = step.c != 1 || (is_first && at_start);
      return has_it || !wanted ? std::string(word) : std::string(mark).append(word);
    });
  }
}

}  // namespace

Words split(const File& file, std::string text, bool is_first) {
  Words words;
  words.spans.push_back({0, text.size()});
  words.text = std::move(text);
  for (const Operation& step : file.splitter) apply(file, step, is_first, &words);
  return words;
}

}  // namespace etbuild::runner
