// Files of recorded calls: what operators were called with, and what ATen answered.
//
// Little endian; every part is a multiple of 8 bytes long, filled up by zeros.
//     file      "ETCALLS1", u64 number of calls, the calls
//     call      u64 bytes of the call, u16 bytes of the name, u16 number of arguments, u32 what is compared (+256:
//     zeros' signs),
//               f64 rtol, f64 atol, the operator's name with a zero behind it, the arguments
//     argument  u32 kind, u32 count, then by kind: nothing, one i64 (int, bool), one f64, bytes and a zero (string),
//               i64s, f64s, bytes (bools), a tensor, or `count` arguments (lists of tensors); last, what is returned:
//               i64s, the positions of outputs (several are a list of tensors to the kernel)
//     tensor    u8 dtype (ScalarType), u8 rank, u8 flags, u8 0, u32 0, i32 sizes, u8 order of dimensions,
//               of outputs: i32 expected sizes; u64 bytes of the content, u64 bytes of what is expected, these two
// Flags: 1 an output; 2 an output with content before the call; 4 and 8 TensorShapeDynamism.
// A dense tensor's elements stand in the order in which they lie in memory.
// An output may have other sizes before the call: the kernel resizes it then.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace etbuild::proof {

enum class Kind : uint32_t {
  kNone,
  kInt,
  kDouble,
  kBool,
  kString,
  kInts,
  kDoubles,
  kBools,
  kTensor,
  kTensors,
  kOptionalTensors,
  kReturned
};

// What of an answer is compared: values, or the sizes alone; random numbers by their range or distribution.
enum class Compare : uint32_t { kValues, kSizes, kUnitRange, kNormal };

struct RecordedTensor {
  int dtype = 0;
  bool is_output = false;
  bool has_content = false;
  int dynamism = 0;
  std::vector<int32_t> sizes;
  std::vector<uint8_t> dim_order;
  std::vector<int32_t> expected_sizes;
  const uint8_t* content = nullptr;
  size_t content_bytes = 0;
  const uint8_t* expected = nullptr;
  size_t expected_bytes = 0;
};

struct RecordedArgument {
  Kind kind = Kind::kNone;
  int64_t integer = 0;
  double number = 0;
  std::string text;
  std::vector<int64_t> integers;
  std::vector<double> numbers;
  RecordedTensor tensor;
  std::vector<RecordedArgument> elements;  // Of lists of tensors; bools stand in `integers`.
};

struct RecordedCall {
  std::string name;
  Compare compare = Compare::kValues;
  bool signed_zeros = false;  // Whether zeros of both signs differ.
  double rtol = 0;
  double atol = 0;
  std::vector<RecordedArgument> arguments;
};

// Reads calls one after the other from bytes that outlive them. The files are our own: a damaged one is noticed, not
// survived in every case.
class CallsReader {
 public:
  CallsReader(const uint8_t* bytes, size_t size);

  // Whether the file begins as it must.
  bool is_valid() const { return valid_; }
  uint64_t number_of_calls() const { return calls_; }

  // Reads the next call; false at the end or if the bytes make no sense.
  bool next(RecordedCall& call);

 private:
  const uint8_t* at_;
  const uint8_t* end_;
  uint64_t calls_ = 0;
  uint64_t read_ = 0;
  bool valid_ = false;
};

// The bytes of an element of this ScalarType; 0 if calls cannot hold it.
size_t element_bytes(int dtype);

}  // namespace etbuild::proof
