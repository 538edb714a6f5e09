#include "tokenizer_model.h"

#include <algorithm>

#include "tokenizer_text.h"

namespace etbuild::runner {
namespace {

using format::File;
using format::kNone;

// Where the merge of two tokens is in the tables, kNone if there is none.
uint32_t find_merge(const File& file, uint32_t left, uint32_t right) {
  if (file.merge_starts.size == 0) return kNone;
  const uint32_t* const first = file.merge_right.data + file.merge_starts[left];
  const uint32_t* const last = file.merge_right.data + file.merge_starts[left + 1];
  const uint32_t* const found = std::lower_bound(first, last, right);
  return found != last && *found == right ? static_cast<uint32_t>(found - file.merge_right.data) : kNone;
}

}  // namespace

uint32_t find_piece(const File& file, std::string_view piece) {
  const uint32_t* const found =
      std::lower_bound(file.model_ids.begin(), file.model_ids.end(), piece,
                       [&](uint32_t id, std::string_view value) { return file.piece(id) < value; });
  return found != file.model_ids.end() && file.piece(*found) == piece ? *found : kNone;
}

void WordEncoder::encode(std::string_view word, std::vector<int32_t>* ids) {
  if (word.empty()) return;
  if (file_.model == format::Model::kWordPiece) return encode_pieces(word, ids);
  if ((file_.model_flags & format::kIgnoreMerges) != 0) {
    const uint32_t whole = find_piece(file_, word);
    if (whole != kNone) return ids->push_back(static_cast<int32_t>(whole));
  }
  symbols_.clear();
  if ((file_.model_flags & format::kByteLevel) != 0) {
    add_bytes(word);
  } else {
    add_characters(word);
  }
  merge_all();
  for (const Symbol& symbol : symbols_) {
    if (symbol.is_there) ids->push_back(static_cast<int32_t>(symbol.id));
  }
}

void WordEncoder::add(uint32_t id) {
  const auto at = static_cast<int32_t>(symbols_.size());
  if (at > 0) symbols_.back().next = at;
  symbols_.push_back({id, at - 1, -1, true});
}

void WordEncoder::add_bytes(std::string_view word) {
  const bool fuses = (file_.model_flags & format::kFuseUnknown) != 0;
  bool unknown = false;
  for (char each : word) {
    const uint32_t id = file_.byte_ids[static_cast<uint8_t>(each)];
    if (id == kNone && (file_.unknown == kNone || (unknown && fuses))) continue;
    unknown = id == kNone;
    add(unknown ? file_.unknown : id);
  }
}

void WordEncoder::add_characters(std::string_view word) {
  const bool fuses = (file_.model_flags & format::kFuseUnknown) != 0;
  bool unknown = false;  // An unknown token that waits for more of its kind.
  size_t length = 0;
  for (size_t at = 0; at < word.size(); at += length) {
    text::code_point(word, at, &length);
    const std::string_view character = word.substr(at, length);
    const uint32_t id = find_piece(file_, character);
    if (id == kNone) {
      if (add_fallback(character) || file_.unknown == kNone) continue;
      if (unknown && !fuses) add(file_.unknown);
      unknown = true;
      continue;
    }
    if (unknown) add(file_.unknown);
    unknown = false;
    add(id);
  }
  if (unknown) add(file_.unknown);
}

// The bytes of a character, if the vocabulary has all of them.
bool WordEncoder::add_fallback(std::string_view character) {
  if ((file_.model_flags & format::kByteFallback) == 0) return false;
  auto id_of = [this](char each) { return file_.byte_ids[static_cast<uint8_t>(each)]; };
  if (!std::all_of(character.begin(), character.end(), [&](char each) { return id_of(each) != kNone; })) return false;
  for (char each : character) add(id_of(each));
  return true;
}

bool WordEncoder::later(const Candidate& left, const Candidate& right) {
  return left.rank != right.rank ? left.rank > right.rank : left.at > right.at;
}

void WordEncoder::consider(int32_t at) {
  const Symbol& symbol = symbols_[static_cast<size_t>(at)];
  if (symbol.next < 0) return;
  const uint32_t merge = find_merge(file_, symbol.id, symbols_[static_cast<size_t>(symbol.next)].id);
  if (merge == kNone) return;
  queue_.push_back({file_.merge_rank[merge], at, file_.merge_result[merge]});
  std::push_heap(queue_.begin(), queue_.end(), later);
}

void WordEncoder::merge_all() {
  queue_.clear();
  for (size_t at = 0; at < symbols_.size(); ++at) consider(static_cast<int32_t>(at));
  while (!queue_.empty()) {
    std::pop_heap(queue_.begin(), queue_.end(), later);
    const Candidate best = queue_.back();
    queue_.pop_back();
    Symbol& symbol = symbols_[static_cast<size_t>(best.at)];
    if (!symbol.is_there || symbol.next < 0) continue;
    Symbol& right = symbols_[static_cast<size_t>(symbol.next)];
    // What was found may be gone: its neighbour may have become a part of something else since.
    const uint32_t merge = find_merge(file_, symbol.id, right.id);
    if (merge == kNone || file_.merge_result[merge] != best.result) continue;
    symbol.id = best.result;
    symbol.next = right.next;
    right.is_there = false;
    if (symbol.next >= 0) symbols_[static_cast<size_t>(symbol.next)].before = best.at;
    if (symbol.before >= 0) consider(symbol.before);
    consider(best.at);
  }
}

void WordEncoder::encode_pieces(std::string_view word, std::vector<int32_t>* ids) {
  const auto is_start = [](char each) { return (static_cast<uint8_t>(each) & 0xC0) != 0x80; };
  const size_t known = ids->size();
  bool is_unknown = std::count_if(word.begin(), word.end(), is_start) > static_cast<std::ptrdiff_t>(file_.word_limit);
  size_t done = 0;
  while (!is_unknown && done < word.size()) {
    size_t end = word.size();
    uint32_t id = kNone;
    for (; end > done; end = text::before(word, end)) {
      continued_.assign(done > 0 ? file_.continuing : std::string_view()).append(word.substr(done, end - done));
      id = find_piece(file_, continued_);
      if (id != kNone) break;
    }
    is_unknown = id == kNone;
    ids->push_back(static_cast<int32_t>(id));
    done = end;
  }
  if (!is_unknown) return;
  ids->resize(known);
  ids->push_back(static_cast<int32_t>(file_.unknown));
}

}  // namespace etbuild::runner
