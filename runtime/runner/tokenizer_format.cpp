#include "tokenizer_format.h"

#include <cstring>

namespace etbuild::runner::format {
namespace {

constexpr size_t kFigures = 19;
constexpr size_t kSections = 24;
constexpr size_t kHeader = 12 + 4 * kFigures + 8 * kSections;
constexpr uint32_t kHighest = 0x10FFFF;

// What is wrong with a table, as a message names it.
struct Fault {
  const char* table;
  const char* rule;
};

// Reads header and directory, then checks each table against the others.
class Reader {
 public:
  Reader(const uint8_t* data, size_t size, File* file) : data_(data), size_(size), file_(*file) {}

  bool read(std::string* error);

 private:
  uint32_t number(size_t offset) const {
    uint32_t value;
    std::memcpy(&value, data_ + offset, sizeof(value));
    return value;
  }

  bool header(std::string* error) const;
  bool figures();
  bool sections();
  bool tokens();
  bool merges();
  bool added();
  bool operations();
  bool programs();
  bool sets();
  bool maps();

  template <typename T>
  bool section(size_t index, const char* name, Table<T>* table);

  bool fail(const char* table, const char* rule) {
    fault_ = {table, rule};
    return false;
  }
  bool string(StringRef ref) const {
    return ref.place <= file_.strings.size && ref.length <= file_.strings.size - ref.place;
  }
  bool utf8(std::string_view text) const;
  bool id(uint32_t value) const { return value < static_cast<uint32_t>(file_.vocabulary_size); }
  bool token(uint32_t value) const { return id(value) && (file_.flags[value] & kExists) != 0; }
  bool optional(uint32_t value) const { return value == kNone || token(value); }
  bool set(uint32_t value) const { return value < file_.ascii.size; }
  bool program(uint32_t value) const { return value + 1 < file_.program_starts.size; }
  bool map(uint32_t value) const { return value + 1 < file_.map_starts.size; }

  // Whether `starts` divides a table of `size` rows: from 0 to size, never back. None at all if nothing is divided.
  static bool divides(const Table<uint32_t>& starts, uint32_t size) {
    if (starts.size == 0) return size == 0;
    for (uint32_t i = 1; i < starts.size; ++i) {
      if (starts[i] < starts[i - 1]) return false;
    }
    return starts[0] == 0 && starts[starts.size - 1] == size;
  }

  const uint8_t* data_;
  size_t size_;
  File& file_;
  Fault fault_{};
};

bool Reader::read(std::string* error) {
  if (!header(error)) return false;
  if (sections() && figures() && tokens() && merges() && sets() && maps() && programs() && operations() && added()) {
    return true;
  }
  *error = std::string("the tokenizer's file is damaged: ") + fault_.table + " must " + fault_.rule + "; build it again";
  return false;
}

bool Reader::header(std::string* error) const {
  if (reinterpret_cast<uintptr_t>(data_) % 4 != 0) {
    *error = "a tokenizer's file must lie at a multiple of 4 bytes in memory, does not";
    return false;
  }
  if (size_ < kHeader || number(0) != kMagic) {
    *error = "a tokenizer's file must begin with ETTK, in little-endian, and have at least " + std::to_string(kHeader) +
             " bytes; this one does not (it has " + std::to_string(size_) + ")";
    return false;
  }
  if (number(4) != kVersion) {
    *error = "a tokenizer's file must be of version " + std::to_string(kVersion) + ", is of version " +
             std::to_string(number(4)) + "; build it again";
    return false;
  }
  if (number(8) != size_) {
    *error = "the tokenizer's file must have " + std::to_string(number(8)) + " bytes, has " + std::to_string(size_);
    return false;
  }
  return true;
}

template <typename T>
bool Reader::section(size_t index, const char* name, Table<T>* table) {
  const size_t entry = 12 + 4 * kFigures + 8 * index;
  const uint32_t place = number(entry);
  const uint32_t count = number(entry + 4);
  // Divide, do not multiply: count * sizeof(T) may wrap around where size_t has 32 bits.
  if (place < kHeader || place % 4 != 0 || place > size_ || count > (size_ - place) / sizeof(T)) {
    return fail(name, "lie inside the file");
  }
  *table = {reinterpret_cast<const T*>(data_ + place), count};
  return true;
}

bool Reader::sections() {
  return section(0, "pieces", &file_.pieces) && section(1, "strings", &file_.strings) &&
         section(2, "piece starts", &file_.piece_starts) && section(3, "token flags", &file_.flags) &&
         section(4, "model ids", &file_.model_ids) && section(5, "merge starts", &file_.merge_starts) &&
         section(6, "merges", &file_.merge_right) && section(7, "merge ranks", &file_.merge_rank) &&
         section(8, "merge results", &file_.merge_result) && section(9, "byte ids", &file_.byte_ids) &&
         section(10, "added tokens", &file_.added) && section(11, "normalizer", &file_.normalizer) &&
         section(12, "pre-tokenizer", &file_.splitter) && section(13, "program starts", &file_.program_starts) &&
         section(14, "programs", &file_.instructions) && section(15, "set starts", &file_.set_starts) &&
         section(16, "sets", &file_.ascii) && section(17, "ranges", &file_.ranges) &&
         section(18, "map starts", &file_.map_starts) && section(19, "maps", &file_.map_entries) &&
         section(20, "combining classes", &file_.classes) && section(21, "compositions", &file_.compositions) &&
         section(22, "ids before a text", &file_.prefix_ids) && section(23, "ids after a text", &file_.suffix_ids);
}

bool Reader::figures() {
  auto figure = [this](size_t index) { return number(12 + 4 * index); };
  file_.model = static_cast<Model>(figure(0));
  if (file_.model != Model::kBpe && file_.model != Model::kWordPiece) return fail("model", "be BPE or WordPiece");
  file_.model_flags = figure(1);
  file_.vocabulary_size = static_cast<int32_t>(figure(2));
  file_.unknown = figure(3);
  file_.bos = figure(4);
  file_.eos = figure(5);
  file_.word_limit = figure(6);
  file_.decoder_flags = figure(7);
  file_.strip = figure(8);
  file_.word_set = figure(9);
  file_.space_set = figure(10);
  std::string_view* const strings[] = {&file_.continuing, &file_.prefix, &file_.replaced, &file_.replaced_by};
  for (size_t i = 0; i < 4; ++i) {
    const StringRef ref{figure(11 + 2 * i), figure(12 + 2 * i)};
    if (!string(ref)) return fail("the decoder's strings", "lie inside the strings");
    *strings[i] = file_.string(ref);
    if (!utf8(*strings[i])) return fail("the decoder's strings", "be UTF-8");
  }
  return true;
}

bool Reader::utf8(std::string_view text) const {
  size_t at = 0;
  while (at < text.size()) {
    const auto lead = static_cast<uint8_t>(text[at]);
    const size_t length = lead < 0x80 ? 1 : lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
    if (length == 0 || length > text.size() - at) return false;
    for (size_t i = 1; i < length; ++i) {
      if ((static_cast<uint8_t>(text[at + i]) & 0xC0) != 0x80) return false;
    }
    const auto second = length > 1 ? static_cast<uint8_t>(text[at + 1]) : 0;
    if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F) || (lead == 0xF0 && second < 0x90) ||
        (lead == 0xF4 && second > 0x8F)) {
      return false;
    }
    at += length;
  }
  return true;
}

bool Reader::tokens() {
  const uint32_t count = file_.flags.size;
  if (count == 0 || count > (1U << 24) || static_cast<uint32_t>(file_.vocabulary_size) != count) {
    return fail("token flags", "be one an id");
  }
  if (file_.piece_starts.size != count + 1 || !divides(file_.piece_starts, file_.pieces.size)) {
    return fail("piece starts", "divide the pieces");
  }
  for (uint32_t i = 0; i < file_.model_ids.size; ++i) {
    if (!token(file_.model_ids[i])) return fail("model ids", "be tokens");
    if (i > 0 && !(file_.piece(file_.model_ids[i - 1]) < file_.piece(file_.model_ids[i]))) {
      return fail("model ids", "be in the order of their pieces");
    }
  }
  const bool has_bytes = (file_.model_flags & (kByteLevel | kByteFallback)) != 0;
  if (file_.byte_ids.size != (has_bytes ? 256 : 0)) return fail("byte ids", "be 256 if the model has bytes");
  for (uint32_t value : file_.byte_ids) {
    if (!optional(value)) return fail("byte ids", "be tokens");
  }
  if (!optional(file_.unknown) || !optional(file_.bos) || !optional(file_.eos)) {
    return fail("the unknown, first and last token", "be tokens");
  }
  if (file_.model == Model::kWordPiece && file_.unknown == kNone) return fail("WordPiece", "have an unknown token");
  for (uint32_t value : file_.prefix_ids) {
    if (!token(value)) return fail("ids before a text", "be tokens");
  }
  for (uint32_t value : file_.suffix_ids) {
    if (!token(value)) return fail("ids after a text", "be tokens");
  }
  return true;
}

bool Reader::merges() {
  const uint32_t count = file_.merge_right.size;
  if (file_.merge_rank.size != count || file_.merge_result.size != count) return fail("merges", "be of one number");
  if (count == 0 && file_.merge_starts.size == 0) return true;
  if (file_.merge_starts.size != file_.flags.size + 1 || !divides(file_.merge_starts, count)) {
    return fail("merge starts", "divide the merges");
  }
  for (uint32_t left = 0; left < file_.flags.size; ++left) {
    for (uint32_t i = file_.merge_starts[left]; i < file_.merge_starts[left + 1]; ++i) {
      if (!token(file_.merge_right[i]) || !token(file_.merge_result[i])) return fail("merges", "be of tokens");
      if (i > file_.merge_starts[left] && file_.merge_right[i] <= file_.merge_right[i - 1]) {
        return fail("merges", "be in order");
      }
    }
  }
  return true;
}

bool Reader::sets() {
  if (file_.set_starts.size != file_.ascii.size + 1 || !divides(file_.set_starts, file_.ranges.size)) {
    return fail("set starts", "divide the ranges");
  }
  for (uint32_t index = 0; index < file_.ascii.size; ++index) {
    for (uint32_t i = file_.set_starts[index]; i < file_.set_starts[index + 1]; ++i) {
      const Range range = file_.ranges[i];
      if (range.first > range.last || range.last > kHighest) return fail("ranges", "be of code points");
      if (i > file_.set_starts[index] && range.first <= file_.ranges[i - 1].last) return fail("ranges", "be in order");
    }
  }
  if ((file_.word_set != kNone && !set(file_.word_set)) || (file_.space_set != kNone && !set(file_.space_set))) {
    return fail("the sets of added tokens", "be sets");
  }
  return true;
}

bool Reader::maps() {
  if (!divides(file_.map_starts, file_.map_entries.size)) return fail("map starts", "divide the maps");
  for (uint32_t index = 0; index + 1 < file_.map_starts.size; ++index) {
    for (uint32_t i = file_.map_starts[index]; i < file_.map_starts[index + 1]; ++i) {
      const MapEntry& entry = file_.map_entries[i];
      if (entry.range.first > entry.range.last || entry.range.last > kHighest) return fail("maps", "be of code points");
      if (i > file_.map_starts[index] && entry.range.first <= file_.map_entries[i - 1].range.last) {
        return fail("maps", "be in order");
      }
      if (entry.kind > 1 || !string(entry.string) || !utf8(file_.string(entry.string))) {
        return fail("maps", "give strings in UTF-8");
      }
    }
  }
  for (uint32_t i = 0; i < file_.classes.size; ++i) {
    const Range range = file_.classes[i].range;
    if (range.first > range.last || range.last > kHighest || (i > 0 && range.first <= file_.classes[i - 1].range.last)) {
      return fail("combining classes", "be in order");
    }
  }
  for (uint32_t i = 0; i < file_.compositions.size; ++i) {
    const Composition& each = file_.compositions[i];
    const Composition& before = file_.compositions[i > 0 ? i - 1 : 0];
    if (each.result > kHighest || (each.result >= 0xD800 && each.result <= 0xDFFF)) {
      return fail("compositions", "give code points");
    }
    if (i > 0 && (each.first < before.first || (each.first == before.first && each.second <= before.second))) {
      return fail("compositions", "be in order");
    }
  }
  return true;
}

bool Reader::programs() {
  if (!divides(file_.program_starts, file_.instructions.size)) return fail("program starts", "divide the programs");
  for (uint32_t index = 0; index + 1 < file_.program_starts.size; ++index) {
    const uint32_t first = file_.program_starts[index];
    const uint32_t count = file_.program_starts[index + 1] - first;
    if (count == 0 || count > kMaxInstructions) return fail("programs", "have 1 to 256 instructions");
    if (file_.instructions[first + count - 1].kind != kMatch) return fail("programs", "end with a match");
    for (uint32_t i = 0; i < count; ++i) {
      const Instruction& each = file_.instructions[first + i];
      if (each.kind > kPossessive) return fail("instructions", "be of a known kind");
      const bool jumps = each.kind == kFork || each.kind == kJump;
      if (jumps && (each.a <= i || each.a >= count)) return fail("jumps", "lead forward");
      if (!jumps && each.kind != kMatch && !set(each.a)) return fail("instructions", "name a set");
    }
  }
  return true;
}

bool Reader::operations() {
  for (const Operation& each : file_.normalizer) {
    const bool maps_text = each.kind == kMap || each.kind == kDecompose;
    const StringRef ref = each.kind == kReplace ? StringRef{each.b, each.c} : StringRef{each.a, each.b};
    const bool has_string = each.kind == kReplace || each.kind == kPrepend;
    if (each.kind > kStrip || (maps_text && !map(each.a)) || (each.kind == kReplace && !program(each.a)) ||
        (each.kind == kStrip && !set(each.a)) || (has_string && (!string(ref) || !utf8(file_.string(ref))))) {
      return fail("the normalizer", "name maps, programs, sets and strings that are there");
    }
  }
  for (const Operation& each : file_.splitter) {
    const StringRef ref = each.kind == kWordReplace ? StringRef{each.b, each.c} : StringRef{each.a, each.b};
    const bool has_string = each.kind != kSplit;
    if (each.kind > kWordPrepend || (each.kind == kSplit && each.b > kContiguous) ||
        (each.kind != kWordPrepend && !program(each.a)) ||
        (has_string && (!string(ref) || !utf8(file_.string(ref))))) {
      return fail("the pre-tokenizer", "name programs, behaviours and strings that are there");
    }
  }
  return true;
}

bool Reader::added() {
  file_.raw_added = 0;
  for (uint32_t i = 0; i < file_.added.size; ++i) {
    const Added& each = file_.added[i];
    const bool is_normalized = (each.flags & kNormalized) != 0;
    if (!string(each.pattern) || each.pattern.length == 0 || !token(each.id)) {
      return fail("added tokens", "be tokens with a spelling");
    }
    const std::string_view pattern = file_.string(each.pattern);
    if (!utf8(pattern)) return fail("added tokens", "be UTF-8");
    if (i > 0) {
      const Added& before = file_.added[i - 1];
      const bool was_normalized = (before.flags & kNormalized) != 0;
      if (was_normalized > is_normalized ||
          (was_normalized == is_normalized && !(file_.string(before.pattern) < pattern))) {
        return fail("added tokens", "be in order");
      }
    }
    if (((each.flags & kSingleWord) != 0 && file_.word_set == kNone) ||
        ((each.flags & (kLeftStrip | kRightStrip)) != 0 && file_.space_set == kNone)) {
      return fail("added tokens", "have the sets that they need");
    }
    file_.raw_added += is_normalized ? 0 : 1;
    file_.starts_added[is_normalized ? 1 : 0][static_cast<uint8_t>(pattern[0])] = true;
  }
  return true;
}

}  // namespace

bool read(const void* data, size_t size, File* file, std::string* error) {
  return Reader(static_cast<const uint8_t*>(data), size, file).read(error);
}

}  // namespace etbuild::runner::format
