#include "extended_header.h"

#include <executorch/runtime/executor/program.h>

#include <cstring>

#include "check.h"

using executorch::runtime::Error;
using executorch::runtime::Program;
using executorch::runtime::internal::ExtendedHeader;

namespace {

struct Head {
  uint8_t bytes[Program::kMinHeadBytes] = {};

  Head(uint32_t length, uint64_t program, uint64_t base, uint64_t data) {
    std::memcpy(bytes + 4, "ET12eh00", 8);
    std::memcpy(bytes + 12, &length, 4);
    std::memcpy(bytes + 16, &program, 8);
    std::memcpy(bytes + 24, &base, 8);
    std::memcpy(bytes + 32, &data, 8);
  }

  Error read(ExtendedHeader* header) const { return header->read(bytes, sizeof(bytes)); }
  Error error() const {
    ExtendedHeader header{};
    return read(&header);
  }
};

}  // namespace

TEST(a_header_says_where_segments_begin_and_how_long_they_are) {
  const Head head(32, 100, 128, 200);
  ExtendedHeader header{};
  CHECK(head.read(&header) == Error::Ok);
  CHECK(header.program_size == 100 && header.segment_base_offset == 128 && header.segment_data_size == 200);
}

TEST(a_header_of_older_length_says_nothing_of_the_segments_size) {
  const Head head(24, 100, 128, 200);
  ExtendedHeader header{};
  CHECK(head.read(&header) == Error::Ok && header.segment_data_size == 0);
}

TEST(a_file_may_have_no_header) {
  Head head(32, 100, 128, 200);
  head.bytes[8] = 'x';
  CHECK(head.error() == Error::NotFound);
}

TEST(too_few_bytes_are_told_from_a_file_without_header) {
  const Head head(32, 100, 128, 200);
  ExtendedHeader header{};
  CHECK(header.read(head.bytes, sizeof(head.bytes) - 1) == Error::InvalidArgument);
}

TEST(numbers_that_cannot_be_are_refused) {
  CHECK(Head(23, 100, 128, 200).error() == Error::InvalidProgram);
  CHECK(Head(32, 100, 128, UINT64_MAX).error() == Error::InvalidProgram);
  CHECK(Head(32, 100, 99, 200).error() == Error::InvalidProgram);  // Segments before the program's end.
}

TEST_MAIN()
