// Changes flatbuffers where it hurts: numbers, references, lengths, types of unions and entries of vtables, which the
// rules that the verifier walks by tell apart from padding. What comes out is mostly sound as a file, and wrong as a
// program.

#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "verify.h"

namespace etbuild::testing {

// Numbers from a seed: the same on every machine.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed * 2 + 1) {}
  uint64_t next();
  // From 0 to count - 1; 0 if there are none.
  size_t below(size_t count) { return count == 0 ? 0 : static_cast<size_t>(next() >> 16) % count; }

 private:
  uint64_t state_;
};

class StructureMutator {
 public:
  explicit StructureMutator(const executorch::runtime::internal::StructureRules& rules) : rules_(rules) {}

  // Makes one to six changes to the file; it may grow to `capacity`. Bytes that are no such file are changed anywhere.
  void mutate(std::vector<uint8_t>* file, size_t capacity, Random* random);

 private:
  enum class Kind : uint8_t { kNumber, kReference, kLength, kText };

  struct Site {
    uint32_t at;
    Kind kind;
    uint8_t width;
    uint8_t log_width;  // of a vector's elements, where a reference leads to a vector of numbers; else 0xff
  };

  void collect(const std::vector<uint8_t>& file);
  void collect_table(const std::vector<uint8_t>& file, uint32_t at, uint8_t table);
  void collect_field(const std::vector<uint8_t>& file, executorch::runtime::internal::FieldRule rule, uint32_t at,
                     uint8_t type);
  void collect_elements(const std::vector<uint8_t>& file, uint32_t reference, uint8_t log_width, Kind kind);
  void add(uint32_t at, Kind kind, uint8_t width, uint8_t log_width = 0xff);
  void change(std::vector<uint8_t>* file, size_t capacity, Random* random);
  void change_number(std::vector<uint8_t>* file, const Site& site, Random* random) const;
  void change_reference(std::vector<uint8_t>* file, size_t capacity, const Site& site, Random* random) const;
  static void change_anywhere(std::vector<uint8_t>* file, Random* random);

  struct Waiting {
    uint32_t at;
    uint8_t table;
  };

  const executorch::runtime::internal::StructureRules& rules_;
  std::vector<Site> sites_;
  std::vector<Waiting> waiting_;
};

}  // namespace etbuild::testing
