#include "tokenizer_format.h"

#include <cstring>

#include "tokenizer_checks.h"

namespace etbuild::runner::format {
namespace {

constexpr size_t kFigures = 19;
constexpr size_t kSections = 24;
constexpr size_t kHeader = 12 + 4 * kFigures + 8 * kSections;

// Finds the tables by the file's header and directory.
class Reader {
 public:
  Reader(const uint8_t* data, size_t size, File* file) : data_(data), size_(size), file_(*file) {}

  bool header(std::string* error) const;
  bool sections();
  bool figures();
  Fault fault() const { return fault_; }

 private:
  uint32_t number(size_t offset) const {
    uint32_t value;
    std::memcpy(&value, data_ + offset, sizeof(value));
    return value;
  }

  template <typename T>
  bool section(size_t index, const char* name, Table<T>* table);

  bool fail(const char* table, const char* rule) {
    fault_ = {table, rule};
    return false;
  }

  const uint8_t* data_;
  size_t size_;
  File& file_;
  Fault fault_{};
};

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
    if (ref.place > file_.strings.size || ref.length > file_.strings.size - ref.place) {
      return fail("the decoder's strings", "lie inside the strings");
    }
    *strings[i] = file_.string(ref);
  }
  return true;
}

}  // namespace

bool read(const void* data, size_t size, File* file, std::string* error) {
  Reader reader(static_cast<const uint8_t*>(data), size, file);
  if (!reader.header(error)) return false;
  Fault fault{};
  if (!reader.sections() || !reader.figures()) {
    fault = reader.fault();
  } else if (check(file, &fault)) {
    return true;
  }
  *error = std::string("the tokenizer's file is damaged: ") + fault.table + " must " + fault.rule + "; build it again";
  return false;
}

}  // namespace etbuild::runner::format
