#include "structure_mutator.h"

#include <algorithm>
#include <cstring>

namespace etbuild::testing {

using executorch::runtime::internal::FieldKind;
using executorch::runtime::internal::FieldRule;

namespace {

constexpr size_t kSites = 20000;
constexpr uint8_t kNoVector = 0xff;
// Behind the identifier, if there is an extended header: its numbers.
constexpr uint32_t kHeaderAt = 8;

template <typename T>
T load(const std::vector<uint8_t>& file, size_t at) {
  T value{};
  std::memcpy(&value, &file[at], sizeof(value));
  return value;
}

void store(std::vector<uint8_t>* file, size_t at, uint64_t value, size_t width) {
  std::memcpy(&(*file)[at], &value, width);
}

uint32_t follow(const std::vector<uint8_t>& file, uint32_t at) { return at + load<uint32_t>(file, at); }

// Numbers at which something begins or ends; most of what a program says is small.
uint64_t odd_number(Random* random) {
  constexpr uint64_t kEdges[] = {0x7f,       0x80,       0xff,        0x7fff,    0x8000,     0xffff, 0x7fffffff,
                                 0x80000000, 0xffffffff, 0x100000000, INT64_MAX, UINT64_MAX, 1000000};
  switch (random->below(4)) {
    case 0:
      return kEdges[random->below(std::size(kEdges))];
    case 1:
      return uint64_t{1} << random->below(64);
    default:
      return random->below(24);
  }
}

}  // namespace

uint64_t Random::next() {
  state_ ^= state_ << 13;
  state_ ^= state_ >> 7;
  state_ ^= state_ << 17;
  return state_;
}

void StructureMutator::add(uint32_t at, Kind kind, uint8_t width, uint8_t log_width) {
  if (sites_.size() < kSites) sites_.push_back({at, kind, width, log_width});
}

void StructureMutator::collect(const std::vector<uint8_t>& file) {
  sites_.clear();
  waiting_.clear();
  if (std::memcmp(&file[kHeaderAt], "eh00", 4) == 0 || std::memcmp(&file[kHeaderAt], "FH01", 4) == 0) {
    add(kHeaderAt + 4, Kind::kNumber, 4);
    for (uint32_t at = kHeaderAt + 8; at < kHeaderAt + 32; at += 8) add(at, Kind::kNumber, 8);
  }
  add(0, Kind::kReference, 4);
  waiting_.push_back({follow(file, 0), rules_.root});
  while (!waiting_.empty() && sites_.size() < kSites) {
    const Waiting next = waiting_.back();
    waiting_.pop_back();
    collect_table(file, next.at, next.table);
  }
}

void StructureMutator::collect_table(const std::vector<uint8_t>& file, uint32_t at, uint8_t table) {
  const auto vtable = static_cast<uint32_t>(static_cast<int64_t>(at) - load<int32_t>(file, at));
  const auto entries = load<uint16_t>(file, vtable);
  add(at, Kind::kNumber, 4);
  add(vtable, Kind::kNumber, 2);
  add(vtable + 2, Kind::kNumber, 2);
  const FieldRule* rule = rules_.fields + rules_.first_fields[table];
  const FieldRule* const end = rules_.fields + rules_.first_fields[table + 1];
  uint8_t type = 0;
  for (uint32_t slot = 4; rule != end && slot < entries; slot += 2, ++rule) {
    const auto offset = load<uint16_t>(file, vtable + slot);
    add(vtable + slot, Kind::kNumber, 2);
    if (offset == 0) continue;
    collect_field(file, *rule, at + offset, type);
    type = file[at + offset];
  }
}

void StructureMutator::collect_field(const std::vector<uint8_t>& file, FieldRule rule, uint32_t at, uint8_t type) {
  switch (rule.kind) {
    case FieldKind::kScalar:
      return add(at, Kind::kNumber, static_cast<uint8_t>(1U << rule.of));
    case FieldKind::kScalars:
      return collect_elements(file, at, rule.of, Kind::kNumber);
    case FieldKind::kBools:
    case FieldKind::kString:
      return collect_elements(file, at, 0, Kind::kText);
    case FieldKind::kStrings:
    case FieldKind::kTables: {
      add(at, Kind::kReference, 4);
      const uint32_t first = follow(file, at);
      add(first, Kind::kLength, 4);
      for (uint32_t i = 0; i < load<uint32_t>(file, first) && sites_.size() < kSites; ++i) {
        const uint32_t element = first + 4 + 4 * i;
        add(element, Kind::kReference, 4);
        if (rule.kind == FieldKind::kTables) waiting_.push_back({follow(file, element), rule.of});
      }
      return;
    }
    case FieldKind::kTable:
      add(at, Kind::kReference, 4);
      return waiting_.push_back({follow(file, at), rule.of});
    case FieldKind::kUnion:
      add(at, Kind::kReference, 4);
      if (type != 0) waiting_.push_back({follow(file, at), rules_.union_members[rule.of + type]});
      return;
  }
}

void StructureMutator::collect_elements(const std::vector<uint8_t>& file, uint32_t reference, uint8_t log_width,
                                        Kind kind) {
  add(reference, Kind::kReference, 4, kind == Kind::kNumber ? log_width : kNoVector);
  const uint32_t first = follow(file, reference);
  add(first, Kind::kLength, 4);
  const auto count = std::min<uint32_t>(load<uint32_t>(file, first), 64);
  for (uint32_t i = 0; i < count; ++i) {
    add(first + 4 + (i << log_width), kind, static_cast<uint8_t>(1U << log_width));
  }
}

void StructureMutator::change_number(std::vector<uint8_t>* file, const Site& site, Random* random) const {
  uint64_t value = 0;
  std::memcpy(&value, &(*file)[site.at], site.width);
  switch (random->below(4)) {
    case 0:
      value += random->below(2) == 0 ? 1 : UINT64_MAX;
      break;
    case 1: {
      // What stands elsewhere: an index of something else.
      const Site& other = sites_[random->below(sites_.size())];
      value = 0;
      std::memcpy(&value, &(*file)[other.at], std::min(other.width, site.width));
      break;
    }
    case 2:
      value ^= uint64_t{1} << random->below(size_t{8} * site.width);
      break;
    default:
      value = odd_number(random);
  }
  store(file, site.at, value, site.width);
}

// To where another one leads, behind it; or to a longer or shorter vector of numbers at the end.
void StructureMutator::change_reference(std::vector<uint8_t>* file, size_t capacity, const Site& site,
                                        Random* random) const {
  const size_t end = (file->size() + 7) / 8 * 8 + 4;
  if (site.log_width != kNoVector && random->below(2) == 0) {
    const uint32_t from = follow(*file, site.at);
    const auto old_count = load<uint32_t>(*file, from);
    const size_t count = random->below(size_t{old_count} + 4);
    const size_t bytes = count << site.log_width;
    if (bytes > capacity || end + 4 + bytes > capacity) return;
    file->resize(end + 4 + bytes);
    store(file, end, count, 4);
    for (size_t i = 0; i < bytes; ++i) {
      const size_t old_bytes = size_t{old_count} << site.log_width;
      (*file)[end + 4 + i] = old_bytes == 0 ? 0 : (*file)[from + 4 + i % old_bytes];
    }
    return store(file, site.at, end - site.at, 4);
  }
  for (int tries = 0; tries < 8; ++tries) {
    const Site& other = sites_[random->below(sites_.size())];
    if (other.kind != Kind::kReference) continue;
    const uint32_t target = follow(*file, other.at);
    if (target <= site.at) continue;
    return store(file, site.at, target - site.at, 4);
  }
}

void StructureMutator::change_anywhere(std::vector<uint8_t>* file, Random* random) {
  if (!file->empty()) (*file)[random->below(file->size())] = static_cast<uint8_t>(odd_number(random));
}

void StructureMutator::change(std::vector<uint8_t>* file, size_t capacity, Random* random) {
  const size_t what = random->below(16);
  if (sites_.empty() || what == 0) return change_anywhere(file, random);
  const Site site = sites_[random->below(sites_.size())];
  if (site.at + site.width > file->size()) return;
  switch (site.kind) {
    case Kind::kReference:
      return change_reference(file, capacity, site, random);
    case Kind::kText:
      // Few: names that are not known end a program's life early.
      if (what < 4) (*file)[site.at] = static_cast<uint8_t>(random->next());
      return;
    case Kind::kNumber:
    case Kind::kLength:
      return change_number(file, site, random);
  }
}

void StructureMutator::mutate(std::vector<uint8_t>* file, size_t capacity, Random* random) {
  for (size_t times = 1 + random->below(6); times != 0; --times) {
    const bool is_sound =
        executorch::runtime::internal::verify_structure(rules_, file->data(), file->size()) && file->size() > 40;
    if (is_sound) {
      collect(*file);
    } else {
      sites_.clear();
    }
    change(file, capacity, random);
  }
}

}  // namespace etbuild::testing
