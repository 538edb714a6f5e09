// The flat file of a tokenizer, as it lies in memory: little-endian, each table aligned to 4 bytes, used in place.
// The layout is in docs/design/tokenizer_file.md; rules/et/tools/tokenizer/flat_file.py writes it. This header knows
// what the tables are, not what is done with them.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace etbuild::runner::format {

constexpr uint32_t kMagic = 0x4B545445;  // "ETTK" in a little-endian file; a big-endian machine reads another number.
constexpr uint32_t kVersion = 1;
constexpr uint32_t kNone = 0xFFFFFFFF;  // No id, no set, no upper bound.

// A table in the file.
template <typename T>
struct Table {
  const T* data = nullptr;
  uint32_t size = 0;
  const T& operator[](uint32_t index) const { return data[index]; }
  const T* begin() const { return data; }
  const T* end() const { return data + size; }
};

enum class Model : uint32_t { kBpe = 1, kWordPiece = 2 };
enum ModelFlag : uint32_t { kByteLevel = 1, kByteFallback = 2, kFuseUnknown = 4, kIgnoreMerges = 8 };

enum DecoderFlag : uint32_t {
  kDecodeBytes = 1,         // Pieces are bytes; together they are UTF-8.
  kDecodeByteFallback = 2,  // Pieces such as <0x0A> are bytes.
  kDropInFirst = 4,         // The first token loses what is replaced.
  kWordPieces = 8,          // Spaces between words, none before what goes on with one.
  kJoinBySpaces = 16,       // A space between any two tokens.
};

// Of an id.
enum TokenFlag : uint8_t { kExists = 1, kSpecial = 2, kByte = 4, kGlued = 8, kContinues = 16 };

// How an added token is looked for.
enum AddedFlag : uint32_t { kSingleWord = 1, kLeftStrip = 2, kRightStrip = 4, kNormalized = 8 };

struct StringRef {
  uint32_t place;
  uint32_t length;
};

struct Added {
  StringRef pattern;
  uint32_t id;
  uint32_t flags;
};

// A step of a normalizer or of a pre-tokenizer; what a, b and c are depends on the kind.
struct Operation {
  uint32_t kind;
  uint32_t a;
  uint32_t b;
  uint32_t c;
};

enum NormalizerKind : uint32_t {
  kMap = 0,        // a: map.
  kDecompose = 1,  // a: map; syllables of Hangul too; then marks into canonical order.
  kCompose = 2,    // Canonical composition.
  kReplace = 3,    // a: program; b, c: string that replaces what it matches.
  kPrepend = 4,    // a, b: string; nothing is put before an empty text.
  kStrip = 5,      // a: set; b: 1 at the start, 2 at the end, 3 both.
};

enum SplitterKind : uint32_t {
  kSplit = 0,        // a: program; b: Behaviour; c: 1 if what it does not match counts as matched.
  kWordReplace = 1,  // As kReplace, in each word.
  kWordPrepend = 2,  // a, b: string that each word begins with that did not; c: 1 if only the text's first word.
};

enum Behaviour : uint32_t { kRemoved, kIsolated, kMergedWithPrevious, kMergedWithNext, kContiguous };

// A step of a pattern's program. Jumps lead forward only, so every program ends.
struct Instruction {
  uint32_t kind;
  uint32_t a;
  uint32_t b;
  uint32_t c;
};

enum InstructionKind : uint32_t {
  kMatch = 0,
  kSpan = 1,        // Take b to c code points of set a, fewer if the rest fails then.
  kFork = 2,        // Go on here; if that fails, at a.
  kJump = 3,        // Go on at a.
  kNext = 4,        // The next code point must be in set a.
  kNotNext = 5,     // The next code point must not be in set a.
  kPossessive = 6,  // As kSpan, but never fewer.
};

constexpr uint32_t kMaxInstructions = 256;

struct Ascii {
  uint32_t bits[4];
};

struct Range {
  uint32_t first;
  uint32_t last;
};

struct MapEntry {
  Range range;
  uint32_t kind;  // 0: the string stands for the code point; 1: it is put on both sides of it.
  StringRef string;
};

struct CombiningClass {
  Range range;
  uint32_t order;
};

struct Composition {
  uint32_t first;
  uint32_t second;
  uint32_t result;
};

// Checked views of a flat file's tables: every offset, index and id in them is good.
struct File {
  Model model = Model::kBpe;
  uint32_t model_flags = 0;
  int32_t vocabulary_size = 0;
  uint32_t unknown = kNone;
  uint32_t bos = kNone;
  uint32_t eos = kNone;
  uint32_t word_limit = 0;
  uint32_t decoder_flags = 0;
  uint32_t strip = 0;
  uint32_t word_set = kNone;
  uint32_t space_set = kNone;
  std::string_view continuing;
  std::string_view prefix;
  std::string_view replaced;
  std::string_view replaced_by;

  Table<char> pieces;
  Table<char> strings;
  Table<uint32_t> piece_starts;
  Table<uint8_t> flags;
  Table<uint32_t> model_ids;  // By their spelling.
  Table<uint32_t> merge_starts;
  Table<uint32_t> merge_right;  // Ascending for each left token.
  Table<uint32_t> merge_rank;
  Table<uint32_t> merge_result;
  Table<uint32_t> byte_ids;
  Table<Added> added;  // Those that are looked for in the raw text first; each part by its pattern.
  Table<Operation> normalizer;
  Table<Operation> splitter;
  Table<uint32_t> program_starts;
  Table<Instruction> instructions;
  Table<uint32_t> set_starts;
  Table<Ascii> ascii;
  Table<Range> ranges;
  Table<uint32_t> map_starts;
  Table<MapEntry> map_entries;
  Table<CombiningClass> classes;
  Table<Composition> compositions;
  Table<uint32_t> prefix_ids;
  Table<uint32_t> suffix_ids;

  uint32_t raw_added = 0;  // How many of `added` are looked for in the raw text.
  std::array<std::array<bool, 256>, 2>
      starts_added{};  // Whether an added token, raw or normalized, begins with a byte.

  std::string_view piece(uint32_t id) const {
    return {pieces.data + piece_starts[id], piece_starts[id + 1] - piece_starts[id]};
  }
  std::string_view string(StringRef ref) const { return {strings.data + ref.place, ref.length}; }
};

// Checks the file at `data` and sets `*file` to views of it. On failure `*error` is one line.
bool read(const void* data, size_t size, File* file, std::string* error);

}  // namespace etbuild::runner::format
