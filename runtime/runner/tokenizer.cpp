#include "tokenizer.h"

#include <algorithm>

#include "tokenizer_model.h"
#include "tokenizer_normalizer.h"
#include "tokenizer_splitter.h"
#include "tokenizer_text.h"

namespace etbuild::runner {
namespace {

using format::Added;
using format::File;

// A stretch of text: an added token, or (added is null) what is between them.
struct Stretch {
  const Added* added;
  size_t start;
  size_t end;
};

// The longest added token that stands at `at`, null if none does. `first` and `last` bound those looked for: they are
// in order, so each further byte leaves a narrower run of them.
const Added* longest(const File& file, std::string_view text, size_t at, const Added* first, const Added* last) {
  const Added* best = nullptr;
  for (size_t depth = 0; at + depth < text.size() && first != last; ++depth) {
    const auto byte = static_cast<uint8_t>(text[at + depth]);
    auto byte_of = [&](const Added& each) { return static_cast<uint8_t>(file.string(each.pattern)[depth]); };
    first =
        std::lower_bound(first, last, byte, [&](const Added& each, uint8_t value) { return byte_of(each) < value; });
    last = std::upper_bound(first, last, byte, [&](uint8_t value, const Added& each) { return value < byte_of(each); });
    // The shortest of a run is its first, and leaves it once all of it has been seen.
    if (first != last && first->pattern.length == depth + 1) best = first++;
  }
  return best;
}

bool touches_word(const File& file, std::string_view text, size_t start, size_t end) {
  size_t length = 0;
  auto is_word = [&](size_t at) { return text::holds(file, file.word_set, text::code_point(text, at, &length)); };
  return (start > 0 && is_word(text::before(text, start))) || (end < text.size() && is_word(end));
}

size_t space_before(const File& file, std::string_view text, size_t at) {
  size_t length = 0;
  while (at > 0) {
    const size_t last = text::before(text, at);
    if (!text::holds(file, file.space_set, text::code_point(text, last, &length))) break;
    at = last;
  }
  return at;
}

size_t space_behind(const File& file, std::string_view text, size_t at) {
  size_t length = 0;
  while (at < text.size() && text::holds(file, file.space_set, text::code_point(text, at, &length))) at += length;
  return at;
}

// Finds the added tokens in `text`: those that stand in raw text, or those of normalized text.
std::vector<Stretch> find_added(const File& file, std::string_view text, bool normalized) {
  const Added* const first = file.added.data + (normalized ? file.raw_added : 0);
  const Added* const last = file.added.data + (normalized ? file.added.size : file.raw_added);
  const auto& starts = file.starts_added[normalized ? 1 : 0];
  std::vector<Stretch> stretches;
  size_t done = 0;
  for (size_t at = 0; first != last && at < text.size();) {
    const Added* const added = starts[static_cast<uint8_t>(text[at])] ? longest(file, text, at, first, last) : nullptr;
    if (added == nullptr) {
      ++at;
      continue;
    }
    size_t start = at;
    size_t end = at + added->pattern.length;
    at = end;
    if ((added->flags & format::kSingleWord) != 0 && touches_word(file, text, start, end)) continue;
    if ((added->flags & format::kLeftStrip) != 0) start = std::max(space_before(file, text, start), done);
    if ((added->flags & format::kRightStrip) != 0) end = space_behind(file, text, end);
    if (start > done) stretches.push_back({nullptr, done, start});
    stretches.push_back({added, start, end});
    done = end;
  }
  if (done < text.size()) stretches.push_back({nullptr, done, text.size()});
  return stretches;
}

// Encodes text without added tokens of the first kind.
void encode_plain(const File& file, std::string_view raw, bool is_first, WordEncoder* encoder,
                  std::vector<int32_t>* ids) {
  const std::string text = normalize(file, raw);
  for (const Stretch& stretch : find_added(file, text, true)) {
    if (stretch.added != nullptr) {
      ids->push_back(static_cast<int32_t>(stretch.added->id));
      continue;
    }
    const Words words =
        split(file, text.substr(stretch.start, stretch.end - stretch.start), is_first && stretch.start == 0);
    for (size_t i = 0; i < words.spans.size(); ++i) encoder->encode(words[i], ids);
  }
}

}  // namespace

bool Tokenizer::load(const void* data, size_t size, Tokenizer* tokenizer, std::string* error) {
  format::File file;
  if (!format::read(data, size, &file, error)) return false;
  tokenizer->file_ = file;
  return true;
}

void Tokenizer::encode(std::string_view text, bool add_special, std::vector<int32_t>* ids) const {
  if (vocabulary_size() == 0) return;
  std::string repaired;
  if (!text::is_utf8(text)) {
    text::append_repaired(text, &repaired);
    text = repaired;
  }
  if (add_special) ids->insert(ids->end(), file_.prefix_ids.begin(), file_.prefix_ids.end());
  WordEncoder encoder(file_);
  for (const Stretch& stretch : find_added(file_, text, false)) {
    if (stretch.added != nullptr) {
      ids->push_back(static_cast<int32_t>(stretch.added->id));
    } else {
      encode_plain(file_, text.substr(stretch.start, stretch.end - stretch.start), stretch.start == 0, &encoder, ids);
    }
  }
  if (add_special) ids->insert(ids->end(), file_.suffix_ids.begin(), file_.suffix_ids.end());
}

std::string_view Tokenizer::piece(int32_t id) const {
  return id >= 0 && id < vocabulary_size() ? file_.piece(static_cast<uint32_t>(id)) : std::string_view();
}

bool Tokenizer::is_special(int32_t id) const {
  return id >= 0 && id < vocabulary_size() && (file_.flags[static_cast<uint32_t>(id)] & format::kSpecial) != 0;
}

int32_t Tokenizer::id_of(std::string_view piece) const {
  if (vocabulary_size() == 0) return -1;
  for (const Added& added : file_.added) {
    if (file_.piece(added.id) == piece) return static_cast<int32_t>(added.id);
  }
  return static_cast<int32_t>(find_piece(file_, piece));  // kNone is -1.
}

int32_t Tokenizer::bos_id() const { return static_cast<int32_t>(file_.bos); }

int32_t Tokenizer::eos_id() const { return static_cast<int32_t>(file_.eos); }

}  // namespace etbuild::runner
