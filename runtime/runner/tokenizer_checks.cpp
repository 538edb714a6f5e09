#include "tokenizer_checks.h"

#include "tokenizer_text.h"

namespace etbuild::runner::format {
namespace {

constexpr uint32_t kHighest = 0x10FFFF;

// The checks of one file. Each sets what is wrong and returns false at the first fault.
class Checker {
 public:
  explicit Checker(File* file) : file_(*file) {}

  bool all() {
    return decoder() && tokens() && around() && merges() && sets() && maps() && unicode() && programs() &&
           normalizer() && splitter() && added();
  }
  Fault fault() const { return fault_; }

 private:
  bool decoder();
  bool tokens();
  bool around();
  bool merges();
  bool sets();
  bool maps();
  bool unicode();
  bool programs();
  bool normalizer();
  bool splitter();
  bool added();

  bool fail(const char* table, const char* rule) {
    fault_ = {table, rule};
    return false;
  }
  bool string(StringRef ref) const {
    return ref.place <= file_.strings.size && ref.length <= file_.strings.size - ref.place &&
           text::is_utf8(file_.string(ref));
  }
  bool token(uint32_t value) const { return value < file_.flags.size && (file_.flags[value] & kExists) != 0; }
  bool optional(uint32_t value) const { return value == kNone || token(value); }
  bool set(uint32_t value) const { return value < file_.ascii.size; }
  bool program(uint32_t value) const { return value < file_.program_starts.size - 1; }
  bool map(uint32_t value) const { return value < file_.map_starts.size - 1; }

  // Whether `starts` divides a table of `size` rows: from 0 to size, never back.
  static bool divides(const Table<uint32_t>& starts, uint32_t size) {
    for (uint32_t i = 1; i < starts.size; ++i) {
      if (starts[i] < starts[i - 1]) return false;
    }
    return starts.size > 0 && starts[0] == 0 && starts[starts.size - 1] == size;
  }

  File& file_;
  Fault fault_{};
};

bool Checker::decoder() {
  const std::string_view strings[] = {file_.continuing, file_.prefix, file_.replaced, file_.replaced_by};
  for (const std::string_view& each : strings) {
    if (!text::is_utf8(each)) return fail("the decoder's strings", "be UTF-8");
  }
  if (file_.model != Model::kBpe && file_.model != Model::kWordPiece) return fail("the model", "be BPE or WordPiece");
  return true;
}

bool Checker::tokens() {
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
  return true;
}

bool Checker::around() {
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

bool Checker::merges() {
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

bool Checker::sets() {
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

bool Checker::maps() {
  if (!divides(file_.map_starts, file_.map_entries.size)) return fail("map starts", "divide the maps");
  for (uint32_t index = 0; index + 1 < file_.map_starts.size; ++index) {
    for (uint32_t i = file_.map_starts[index]; i < file_.map_starts[index + 1]; ++i) {
      const MapEntry& entry = file_.map_entries[i];
      if (entry.range.first > entry.range.last || entry.range.last > kHighest) return fail("maps", "be of code points");
      if (i > file_.map_starts[index] && entry.range.first <= file_.map_entries[i - 1].range.last) {
        return fail("maps", "be in order");
      }
      if (entry.kind > 1 || !string(entry.string)) {
        return fail("maps", "give strings in UTF-8");
      }
    }
  }
  return true;
}

bool Checker::unicode() {
  for (uint32_t i = 0; i < file_.classes.size; ++i) {
    const Range range = file_.classes[i].range;
    if (range.first > range.last || range.last > kHighest ||
        (i > 0 && range.first <= file_.classes[i - 1].range.last)) {
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

bool Checker::programs() {
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

bool Checker::normalizer() {
  for (const Operation& each : file_.normalizer) {
    const bool maps_text = each.kind == kMap || each.kind == kDecompose;
    const StringRef ref = each.kind == kReplace ? StringRef{each.b, each.c} : StringRef{each.a, each.b};
    const bool has_string = each.kind == kReplace || each.kind == kPrepend;
    if (each.kind > kStrip || (maps_text && !map(each.a)) || (each.kind == kReplace && !program(each.a)) ||
        (each.kind == kStrip && !set(each.a)) || (has_string && !string(ref))) {
      return fail("the normalizer", "name maps, programs, sets and strings that are there");
    }
  }
  return true;
}

bool Checker::splitter() {
  for (const Operation& each : file_.splitter) {
    const StringRef ref = each.kind == kWordReplace ? StringRef{each.b, each.c} : StringRef{each.a, each.b};
    const bool has_string = each.kind != kSplit;
    if (each.kind > kWordPrepend || (each.kind == kSplit && each.b > kContiguous) ||
        (each.kind != kWordPrepend && !program(each.a)) || (has_string && !string(ref))) {
      return fail("the pre-tokenizer", "name programs, behaviours and strings that are there");
    }
  }
  return true;
}

bool Checker::added() {
  file_.raw_added = 0;
  for (uint32_t i = 0; i < file_.added.size; ++i) {
    const Added& each = file_.added[i];
    const bool is_normalized = (each.flags & kNormalized) != 0;
    if (!string(each.pattern) || each.pattern.length == 0 || !token(each.id)) {
      return fail("added tokens", "be tokens with a spelling");
    }
    const std::string_view pattern = file_.string(each.pattern);
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

bool check(File* file, Fault* fault) {
  Checker checker(file);
  if (checker.all()) return true;
  *fault = checker.fault();
  return false;
}

}  // namespace etbuild::runner::format
