#include "npy_header.h"

#include <limits>

namespace etbuild::runner {
namespace {

constexpr char kNoDictionary[] = "must have a dictionary of descr, fortran_order and shape as its header, has '";
constexpr size_t kShown = 80;

// Walks the header's text; after a mistake it stands still.
class Cursor {
 public:
  explicit Cursor(const std::string& text) : text_(text) {}

  // Takes `word` if it comes next, behind blanks.
  bool take(const char* word) {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
    const std::string wanted = word;
    if (text_.compare(at_, wanted.size(), wanted) != 0) return false;
    at_ += wanted.size();
    return true;
  }

  // Takes a text in either kind of quotes.
  bool take_text(std::string* value) {
    const char quote = take("'") ? '\'' : '"';
    if (quote == '"' && !take("\"")) return false;
    const size_t end = text_.find(quote, at_);
    if (end == std::string::npos) return false;
    *value = text_.substr(at_, end - at_);
    at_ = end + 1;
    return true;
  }

  bool take_number(int64_t* value) {
    take("");
    const size_t begin = at_;
    for (*value = 0; at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; ++at_) {
      if (*value > (std::numeric_limits<int64_t>::max() - 9) / 10) return false;
      *value = 10 * *value + (text_[at_] - '0');
    }
    return at_ > begin;
  }

  bool is_at_end() {
    take("");
    return at_ == text_.size();
  }

 private:
  const std::string& text_;
  size_t at_ = 0;
};

bool take_shape(Cursor* cursor, std::vector<int64_t>* shape) {
  shape->clear();
  if (!cursor->take("(")) return false;
  while (!cursor->take(")")) {
    int64_t size = 0;
    if (!cursor->take_number(&size)) return false;
    shape->push_back(size);
    if (!cursor->take(",")) return cursor->take(")");
  }
  return true;
}

bool read_type(const std::string& descr, NpyType* type) {
  if (descr.size() != 3) return false;
  const char order = descr[0];
  *type = {descr[1], static_cast<uint8_t>(descr[2] - '0')};
  const uint8_t size = type->size;
  if (order != '<' && !(size == 1 && (order == '|' || order == '='))) return false;
  if (type->kind == 'f') return size == 2 || size == 4 || size == 8;
  if (type->kind == 'b') return size == 1;
  return (type->kind == 'i' || type->kind == 'u') && (size == 1 || size == 2 || size == 4 || size == 8);
}

}  // namespace

std::string parse_npy_header(const std::string& text, NpyType* type, std::vector<int64_t>* shape) {
  Cursor cursor(text);
  const std::string not_one = kNoDictionary + text.substr(0, kShown) + "'";
  std::string descr;
  bool has_shape = false;
  bool is_fortran = false;
  if (!cursor.take("{")) return not_one;
  while (!cursor.take("}")) {
    std::string key;
    if (!cursor.take_text(&key) || !cursor.take(":")) return not_one;
    if (key == "descr") {
      if (!cursor.take_text(&descr)) return not_one;
    } else if (key == "fortran_order") {
      is_fortran = cursor.take("True");
      if (!is_fortran && !cursor.take("False")) return not_one;
    } else if (key == "shape") {
      has_shape = take_shape(&cursor, shape);
      if (!has_shape) return not_one;
    } else {
      return not_one;
    }
    if (!cursor.take(",")) {
      if (!cursor.take("}")) return not_one;
      break;
    }
  }
  if (!cursor.is_at_end() || descr.empty() || !has_shape) return not_one;
  if (!read_type(descr, type)) {
    return "must hold little-endian floats, whole numbers or truths, its descr is '" + descr + "'";
  }
  if (is_fortran) return "must be in C order, is in Fortran's: numpy.ascontiguousarray(…) turns it round";
  if (shape->size() <= kMostDimensions) return "";
  return "must have at most " + std::to_string(kMostDimensions) + " dimensions, has " + std::to_string(shape->size());
}

std::string npy_header(NpyType type, const std::vector<int64_t>& shape) {
  std::string text = "{'descr': '";
  text += type.size == 1 ? '|' : '<';
  text += type.kind;
  text += std::to_string(type.size) + "', 'fortran_order': False, 'shape': (";
  for (size_t index = 0; index < shape.size(); ++index) {
    text +=
        (index == 0 ? "" : " ") + std::to_string(shape[index]) + (index + 1 < shape.size() || index == 0 ? "," : "");
  }
  return text + "), }";
}

}  // namespace etbuild::runner
