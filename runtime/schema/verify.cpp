#include "verify.h"

#include <cstring>

namespace executorch::runtime::internal {
namespace {

// References that follow each other: `count` of them from `at`, each to a table of one kind.
struct Pending {
  uint32_t at;
  uint32_t count;
  uint32_t table;
};

// A walk over one flatbuffer. Positions are offsets from its start, which is why 32 bits suffice everywhere.
class Walk {
 public:
  Walk(const StructureRules& rules, const uint8_t* bytes, uint32_t size)
      : rules_(rules), bytes_(bytes), size_(size), budget_(size / 4) {}

  bool run();

 private:
  template <typename T>
  T load(uint32_t at) const {
    T value;
    std::memcpy(&value, __builtin_assume_aligned(bytes_ + at, sizeof(T)), sizeof(T));
    return value;
  }

  bool follow(uint32_t at, uint32_t* target) const;
  bool spend(uint32_t bytes);
  bool vector(uint32_t at, uint32_t log_width, uint32_t* first, uint32_t* count) const;
  bool string(uint32_t at);
  bool strings(uint32_t first, uint32_t count);
  bool bools(uint32_t first, uint32_t count);
  bool push(uint32_t at, uint32_t count, uint32_t table);
  bool table(uint32_t at, uint32_t number);
  bool field(FieldRule rule, uint32_t at, uint32_t type);

  const StructureRules& rules_;
  const uint8_t* const bytes_;
  const uint32_t size_;
  // A writer stores each table and vector once, or shares some; a forged file could share so that a walk never ends.
  uint32_t budget_;
  uint32_t depth_ = 0;
  Pending pending_[kPendingCapacity];
};

constexpr bool is_aligned(uint32_t at, uint32_t width) { return (at & (width - 1)) == 0; }

// The reference at `at` (which is inside) to where four bytes are.
bool Walk::follow(uint32_t at, uint32_t* target) const {
  const uint32_t offset = load<uint32_t>(at);
  *target = at + offset;
  return offset != 0 && offset <= size_ - 4 - at && is_aligned(*target, 4);
}

// Charges for something of that many bytes.
bool Walk::spend(uint32_t bytes) {
  const uint32_t cost = 1 + bytes / 64;
  if (cost > budget_) return false;
  budget_ -= cost;
  return true;
}

bool Walk::vector(uint32_t at, uint32_t log_width, uint32_t* first, uint32_t* count) const {
  if (!follow(at, first)) return false;
  *count = load<uint32_t>(*first);
  *first += 4;
  return *count <= (size_ - *first) >> log_width && (*count == 0 || is_aligned(*first, 1u << log_width));
}

bool Walk::string(uint32_t at) {
  uint32_t first = 0;
  uint32_t length = 0;
  return vector(at, 0, &first, &length) && length < size_ - first && bytes_[first + length] == 0 && spend(length);
}

bool Walk::strings(uint32_t first, uint32_t count) {
  for (; count != 0; --count, first += 4) {
    if (!string(first)) return false;
  }
  return true;
}

bool Walk::bools(uint32_t first, uint32_t count) {
  if (!spend(count)) return false;
  for (; count != 0; --count, ++first) {
    if (bytes_[first] > 1) return false;
  }
  return true;
}

bool Walk::push(uint32_t at, uint32_t count, uint32_t table) {
  if (count == 0) return true;
  if (depth_ == kPendingCapacity) return false;
  pending_[depth_++] = {at, count, table};
  return true;
}

bool Walk::field(FieldRule rule, uint32_t at, uint32_t type) {
  uint32_t first = at;
  uint32_t count = 1;
  uint32_t of = rule.of;
  // What follows is a vector of the one or the other, or not.
  if (rule.kind >= FieldKind::kScalars && !vector(at, rule.kind >= FieldKind::kStrings ? 2 : of, &first, &count)) {
    return false;
  }
  switch (rule.kind) {
    case FieldKind::kScalar:
      return true;
    case FieldKind::kString:
      return string(at);
    case FieldKind::kUnion: {
      const uint8_t* members = rules_.union_members + of;
      if (type == 0) return !rule.required;
      if (type > members[0]) return false;
      of = members[type];
      [[fallthrough]];
    }
    case FieldKind::kTable:
    case FieldKind::kTables:
      return push(first, count, of);
    case FieldKind::kScalars:
      // Bytes are blobs, which many may share and nobody walks.
      return spend(of == 0 ? 0 : count << of);
    case FieldKind::kBools:
      return bools(first, count);
    case FieldKind::kStrings:
      return strings(first, count);
  }
  return false;
}

bool Walk::table(uint32_t at, uint32_t number) {
  // Wraps around where the vtable would lie before the start: then it is beyond the end, too.
  const uint32_t vtable = at - load<uint32_t>(at);
  if (vtable > size_ - 4 || !is_aligned(vtable, 2) || !spend(0)) return false;
  const uint32_t entries = load<uint16_t>(vtable);
  const uint32_t extent = load<uint16_t>(vtable + 2);
  if (entries < 4 || !is_aligned(entries, 2) || entries > size_ - vtable || extent > size_ - at) return false;

  uint32_t type = 0;
  const FieldRule* rule = rules_.fields + rules_.first_fields[number];
  const FieldRule* const end = rules_.fields + rules_.first_fields[number + 1];
  for (uint32_t slot = 4; rule != end; slot += 2, ++rule) {
    const uint32_t offset = slot < entries ? load<uint16_t>(vtable + slot) : 0;
    if (offset == 0) {
      if (rule->required || (rule->kind == FieldKind::kUnion && type != 0)) return false;
      type = 0;
      continue;
    }
    const uint32_t width = rule->kind == FieldKind::kScalar ? 1u << rule->of : 4;
    // Not within `extent`: writers share a vtable between tables that end at different places.
    if (offset < 4 || offset + width > size_ - at || !is_aligned(at + offset, width < 4 ? width : 4)) return false;
    if (!field(*rule, at + offset, type)) return false;
    type = width == 1 ? bytes_[at + offset] : 0;
  }
  return true;
}

bool Walk::run() {
  push(0, 1, rules_.root);
  while (depth_ != 0) {
    Pending& next = pending_[depth_ - 1];
    const uint32_t at = next.at;
    const uint32_t number = next.table;
    next.at += 4;
    if (--next.count == 0) --depth_;
    uint32_t target = 0;
    if (!follow(at, &target) || !table(target, number)) return false;
  }
  return true;
}

}  // namespace

bool verify_structure(const StructureRules& rules, const void* data, size_t size) {
  constexpr size_t kLargest = 0x7fffffff;
  const uint8_t* bytes = static_cast<const uint8_t*>(data);
  if (size < 8 || (reinterpret_cast<uintptr_t>(data) & 7) != 0) return false;
  if (std::memcmp(bytes + 4, rules.identifier, 4) != 0) return false;
  return Walk(rules, bytes, static_cast<uint32_t>(size < kLargest ? size : kLargest)).run();
}

}  // namespace executorch::runtime::internal
