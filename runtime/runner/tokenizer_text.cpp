#include "tokenizer_text.h"

#include <algorithm>

namespace etbuild::runner::text {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

uint8_t byte(std::string_view bytes, size_t at) { return static_cast<uint8_t>(bytes[at]); }

// What the second byte of a sequence may be: some lead bytes allow fewer than all continuation bytes.
bool may_follow(uint8_t lead, uint8_t second) {
  const uint8_t first = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const uint8_t last = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  return second >= first && second <= last;
}

}  // namespace

size_t sequence(std::string_view bytes, bool* complete) {
  const uint8_t lead = byte(bytes, 0);
  *complete = lead < 0x80;
  if (*complete) return 1;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  const size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  size_t found = 1;
  while (found < length && found < bytes.size()) {
    const uint8_t next = byte(bytes, found);
    if (found == 1 ? !may_follow(lead, next) : (next & 0xC0) != 0x80) break;
    ++found;
  }
  *complete = found == length;
  return found;
}

void append_repaired(std::string_view bytes, std::string* out) {
  while (!bytes.empty()) {
    bool complete = false;
    const size_t length = sequence(bytes, &complete);
    out->append(complete ? bytes.substr(0, length) : kReplacement);
    bytes.remove_prefix(std::max<size_t>(length, 1));
  }
}

size_t unfinished(std::string_view bytes) {
  const size_t most = std::min<size_t>(bytes.size(), 3);
  for (size_t tail = 1; tail <= most; ++tail) {
    const std::string_view end = bytes.substr(bytes.size() - tail);
    if ((byte(end, 0) & 0xC0) == 0x80) continue;
    bool complete = false;
    return sequence(end, &complete) == tail && !complete ? tail : 0;
  }
  return 0;
}

bool is_utf8(std::string_view bytes) {
  while (!bytes.empty()) {
    bool complete = false;
    const size_t length = sequence(bytes, &complete);
    if (!complete) return false;
    bytes.remove_prefix(length);
  }
  return true;
}

void append(uint32_t code_point, std::string* out) {
  auto tail = [&](int shift) { out->push_back(static_cast<char>(0x80 | ((code_point >> shift) & 0x3F))); };
  if (code_point < 0x80) {
    out->push_back(static_cast<char>(code_point));
  } else if (code_point < 0x800) {
    out->push_back(static_cast<char>(0xC0 | (code_point >> 6)));
    tail(0);
  } else if (code_point < 0x10000) {
    out->push_back(static_cast<char>(0xE0 | (code_point >> 12)));
    tail(6);
    tail(0);
  } else {
    out->push_back(static_cast<char>(0xF0 | (code_point >> 18)));
    tail(12);
    tail(6);
    tail(0);
  }
}

bool holds(const format::File& file, uint32_t set, uint32_t code_point) {
  if (code_point < 128) return ((file.ascii[set].bits[code_point / 32] >> (code_point % 32)) & 1) != 0;
  const format::Range* const end = file.ranges.data + file.set_starts[set + 1];
  const format::Range* const range =
      std::lower_bound(file.ranges.data + file.set_starts[set], end, code_point,
                       [](const format::Range& each, uint32_t value) { return each.last < value; });
  return range != end && range->first <= code_point;
}

}  // namespace etbuild::runner::text
