// From ids to text: all at once, as the library `tokenizers` does, and one at a time.

#include <algorithm>

#include "tokenizer.h"
#include "tokenizer_text.h"

namespace etbuild::runner {
namespace {

using format::File;

bool is_token(const File& file, int32_t id) {
  return id >= 0 && id < file.vocabulary_size && (file.flags[static_cast<uint32_t>(id)] & format::kExists) != 0;
}

// Appends a piece, with what is replaced in it replaced.
void append_replaced(const File& file, std::string_view piece, std::string_view by, std::string* out) {
  if (file.replaced.empty()) {
    out->append(piece);
    return;
  }
  for (size_t at = piece.find(file.replaced); at != std::string_view::npos; at = piece.find(file.replaced)) {
    out->append(piece.substr(0, at)).append(by);
    piece.remove_prefix(at + file.replaced.size());
  }
  out->append(piece);
}

char fallback_byte(std::string_view piece) {
  auto digit = [](char each) { return each <= '9' ? each - '0' : (each | 0x20) - 'a' + 10; };
  return static_cast<char>((digit(piece[3]) << 4) | digit(piece[4]));
}

// The text of a token that is no byte.
std::string spelled(const File& file, uint32_t id, bool is_first) {
  const std::string_view piece = file.piece(id);
  const uint8_t flags = file.flags[id];
  std::string out;
  if ((file.decoder_flags & format::kWordPieces) != 0) {
    if (is_first) return std::string(piece);
    if ((flags & format::kContinues) != 0) return std::string(piece.substr(std::min(file.prefix.size(), piece.size())));
    return (flags & format::kGlued) != 0 ? std::string(piece) : std::string(" ").append(piece);
  }
  if ((file.decoder_flags & format::kJoinBySpaces) != 0 && !is_first) out = " ";
  const bool drops = is_first && (file.decoder_flags & format::kDropInFirst) != 0;
  append_replaced(file, piece, drops ? std::string_view() : file.replaced_by, &out);
  return out;
}

// One U+FFFD for each byte: what the library shows for a run of <0xNN> that is not UTF-8.
std::string unreadable(size_t count) {
  std::string out;
  for (size_t i = 0; i < count; ++i) out += "\xEF\xBF\xBD";
  return out;
}

bool is_byte(const File& file, uint32_t id) {
  return (file.flags[id] & format::kByte) != 0 && file.piece(id).size() == 6;
}

}  // namespace

std::string Tokenizer::decode(const std::vector<int32_t>& ids, bool skip_special) const {
  std::string out;
  std::string bytes;  // A run of <0xNN>, or all of it for byte-level vocabularies.
  bool is_first = true;
  auto end_run = [&] {
    out += text::is_utf8(bytes) ? bytes : unreadable(bytes.size());
    bytes.clear();
  };
  for (int32_t id : ids) {
    if (!is_token(file_, id) || (skip_special && is_special(id))) continue;
    const auto index = static_cast<uint32_t>(id);
    if ((file_.decoder_flags & format::kDecodeBytes) != 0) {
      bytes += file_.piece(index);
    } else if (is_byte(file_, index)) {
      bytes += fallback_byte(file_.piece(index));
    } else {
      end_run();
      out += spelled(file_, index, is_first);
    }
    is_first = false;
  }
  if ((file_.decoder_flags & format::kDecodeBytes) != 0) {
    text::append_repaired(bytes, &out);
  } else {
    end_run();
  }
  size_t spaces = 0;
  while (spaces < file_.strip && spaces < out.size() && out[spaces] == ' ') ++spaces;
  return out.substr(spaces);
}

std::string StreamDecoder::push(int32_t id) {
  const File& file = tokenizer_->file_;
  if (!is_token(file, id) || (skip_special_ && tokenizer_->is_special(id))) return {};
  const auto index = static_cast<uint32_t>(id);
  std::string out;
  if ((file.decoder_flags & format::kDecodeBytes) != 0 || is_byte(file, index)) {
    if ((file.decoder_flags & format::kDecodeBytes) != 0) {
      held_ += file.piece(index);
    } else {
      held_ += fallback_byte(file.piece(index));
    }
    const size_t kept = text::unfinished(held_);
    text::append_repaired(std::string_view(held_).substr(0, held_.size() - kept), &out);
    held_.erase(0, held_.size() - kept);
  } else {
    out = unreadable(held_.size()) + spelled(file, index, at_first_token_);
    held_.clear();
  }
  at_first_token_ = false;
  return stripped(std::move(out));
}

std::string StreamDecoder::finish() {
  std::string out;
  if ((tokenizer_->file_.decoder_flags & format::kDecodeBytes) != 0) {
    text::append_repaired(held_, &out);
  } else {
    out = unreadable(held_.size());
  }
  out = stripped(std::move(out));
  held_.clear();
  at_first_token_ = true;
  stripped_ = 0;
  at_start_ = true;
  return out;
}

std::string StreamDecoder::stripped(std::string text) {
  const uint32_t strip = tokenizer_->file_.strip;
  size_t spaces = 0;
  while (at_start_ && stripped_ < strip && spaces < text.size() && text[spaces] == ' ') {
    ++spaces;
    ++stripped_;
  }
  at_start_ = at_start_ && spaces == text.size();
  return text.substr(spaces);
}

}  // namespace etbuild::runner
