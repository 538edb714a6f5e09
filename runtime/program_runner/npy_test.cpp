// .npy files: written as numpy does, read back, and nothing of a broken one believed.

#include "npy.h"

#include <cstring>

#include "check.h"

namespace {

using etbuild::runner::npy_bytes;
using etbuild::runner::NpyArray;
using etbuild::runner::NpyType;
using etbuild::runner::parse_npy;

using Bytes = std::vector<uint8_t>;

NpyArray ramp(NpyType type, const std::vector<int64_t>& shape) {
  NpyArray array{type, shape, {}};
  size_t count = type.size;
  for (int64_t size : shape) count *= static_cast<size_t>(size);
  for (size_t index = 0; index < count; ++index) array.bytes.push_back(static_cast<uint8_t>(index * 7));
  return array;
}

// A file with this header and this many bytes behind it.
Bytes file_of(const std::string& header, size_t bytes, char version = 1) {
  Bytes file = {0x93, 'N', 'U', 'M', 'P', 'Y', static_cast<uint8_t>(version), 0};
  for (size_t index = 0; index < (version == 1 ? 2 : 4); ++index) {
    file.push_back(static_cast<uint8_t>(header.size() >> (8 * index)));
  }
  file.insert(file.end(), header.begin(), header.end());
  file.insert(file.end(), bytes, 1);
  return file;
}

std::string problem_of(const Bytes& file) {
  NpyArray array;
  return parse_npy("x.npy", file, &array).message();
}

bool says(const Bytes& file, const char* what) { return problem_of(file).find(what) != std::string::npos; }

}  // namespace

TEST(every_type_and_shape_comes_back_as_it_was) {
  const NpyType types[] = {{'f', 2}, {'f', 4}, {'f', 8}, {'i', 1}, {'i', 2}, {'i', 4},
                           {'i', 8}, {'u', 1}, {'u', 2}, {'u', 4}, {'u', 8}, {'b', 1}};
  const std::vector<int64_t> shapes[] = {{}, {3}, {1, 32}, {2, 3, 4}, {0, 5}};
  for (const NpyType& type : types) {
    for (const auto& shape : shapes) {
      const NpyArray array = ramp(type, shape);
      NpyArray read;
      CHECK(parse_npy("x.npy", npy_bytes(array), &read).ok());
      CHECK(read.type == type && read.shape == shape && read.bytes == array.bytes);
    }
  }
}

TEST(a_file_is_written_as_numpy_writes_it) {
  const Bytes file = npy_bytes(ramp({'f', 4}, {1, 2}));
  const std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }";
  CHECK(file.size() == 128 + 8);
  CHECK(memcmp(file.data() + 10, header.data(), header.size()) == 0);
  CHECK(file[127] == '\n');
  const Bytes vector = npy_bytes(ramp({'b', 1}, {3}));
  CHECK(std::string(vector.begin(), vector.end()).find("'|b1', 'fortran_order': False, 'shape': (3,), }") == 20);
}

TEST(other_writers_are_understood) {
  NpyArray array;
  CHECK(parse_npy("x", file_of(R"({"shape":(2,),"fortran_order":False,"descr":"<i2"})", 4), &array).ok());
  CHECK(parse_npy("x", file_of("{'descr': '<f8', 'fortran_order': False, 'shape': (1,)}  \n", 8, 2), &array).ok());
}

TEST(what_no_array_is_has_a_reason) {
  const char* const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }";
  CHECK(says({}, "does not begin as one"));
  CHECK(says({'P', 'K', 3, 4, 0, 0, 0, 0}, "does not begin as one"));
  CHECK(problem_of(file_of(header, 15)) == "'x.npy' must hold 16 bytes for float32[2, 2], holds 15");
  CHECK(says(file_of(header, 17), "holds 17"));
  CHECK(says(file_of("{'descr': '>f4', 'fortran_order': False, 'shape': (2,)}", 8), "little-endian"));
  CHECK(says(file_of("{'descr': '|O', 'fortran_order': False, 'shape': (2,)}", 8), "its descr is '|O'"));
  CHECK(says(file_of("{'descr': '<c8', 'fortran_order': False, 'shape': (2,)}", 16), "its descr is '<c8'"));
  CHECK(says(file_of("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 2)}", 16), "C order"));
  CHECK(says(file_of("{'descr': '<f4', 'shape': (-1,)}", 4), "dictionary"));
  CHECK(says(file_of("{'descr': '<f4', 'fortran_order': False}", 4), "dictionary"));
  CHECK(says(file_of("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} x", 4), "dictionary"));
  CHECK(says(file_of("{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296, 8)}", 4),
             "that no file can hold"));
  CHECK(says(file_of("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}", 4), "dictionary"));
  CHECK(says(file_of("{'descr': '|u1', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1)}", 1),
             "must have at most 16 dimensions, has 17"));
}

TEST(a_file_cut_anywhere_is_refused) {
  const Bytes file = npy_bytes(ramp({'f', 4}, {2, 3}));
  for (size_t size = 0; size < file.size(); ++size) {
    CHECK(!problem_of(Bytes(file.begin(), file.begin() + static_cast<ptrdiff_t>(size))).empty());
  }
}

TEST(a_header_with_any_byte_changed_is_read_or_refused) {
  const Bytes file = npy_bytes(ramp({'i', 2}, {4}));
  for (size_t place = 0; place < 80; ++place) {
    for (int value = 0; value < 256; value += 3) {
      Bytes other = file;
      other[place] = static_cast<uint8_t>(value);
      NpyArray array;
      if (parse_npy("x", other, &array).ok()) CHECK(array.count() * array.type.size == array.bytes.size());
    }
  }
}

TEST_MAIN()
