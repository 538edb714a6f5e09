#include "calls_file.h"

#include <cstring>

namespace etbuild::proof {

namespace {

// Takes values off the bytes; past the end it gives zeros and says so.
class Bytes {
 public:
  Bytes(const uint8_t* begin, const uint8_t* end) : at_(begin), end_(end) {}

  template <typename T>
  T take() {
    T value{};
    if (const uint8_t* from = skip(sizeof(T))) std::memcpy(&value, from, sizeof(T));
    return value;
  }

  const uint8_t* skip(size_t count) {
    if (count > static_cast<size_t>(end_ - at_)) {
      good_ = false;
      return nullptr;
    }
    const uint8_t* from = at_;
    at_ += count;
    return from;
  }

  // Elements of type T as elements of type U, with what fills them up.
  template <typename T, typename U>
  void take_all(std::vector<U>& into, size_t count) {
    into.clear();
    if (count > static_cast<size_t>(end_ - at_)) {
      good_ = false;
      return;
    }
    for (size_t i = 0; i < count && good_; ++i) into.push_back(static_cast<U>(take<T>()));
    skip((8 - count * sizeof(T) % 8) % 8);
  }

  bool good() const { return good_; }
  const uint8_t* at() const { return at_; }

 private:
  const uint8_t* at_;
  const uint8_t* end_;
  bool good_ = true;
};

size_t padded(size_t bytes) { return (bytes + 7) / 8 * 8; }

void read_tensor(Bytes& bytes, RecordedTensor& tensor) {
  tensor.dtype = bytes.take<uint8_t>();
  const size_t rank = bytes.take<uint8_t>();
  const int flags = bytes.take<uint8_t>();
  bytes.skip(5);
  tensor.is_output = (flags & 1) != 0;
  tensor.has_content = !tensor.is_output || (flags & 2) != 0;
  tensor.dynamism = flags >> 2;
  bytes.take_all<int32_t>(tensor.sizes, rank);
  bytes.take_all<uint8_t>(tensor.dim_order, rank);
  tensor.expected_sizes.clear();
  if (tensor.is_output) bytes.take_all<int32_t>(tensor.expected_sizes, rank);
  tensor.content_bytes = static_cast<size_t>(bytes.take<uint64_t>());
  tensor.expected_bytes = static_cast<size_t>(bytes.take<uint64_t>());
  tensor.content = bytes.skip(padded(tensor.content_bytes));
  tensor.expected = bytes.skip(padded(tensor.expected_bytes));
}

void read_plain(Bytes& bytes, RecordedArgument& argument, size_t count) {
  switch (argument.kind) {
    case Kind::kInt:
    case Kind::kBool:
      argument.integer = bytes.take<int64_t>();
      return;
    case Kind::kDouble:
      argument.number = bytes.take<double>();
      return;
    case Kind::kString:
      if (const uint8_t* text = bytes.skip(padded(count + 1))) argument.text.assign(text, text + count);
      return;
    case Kind::kInts:
    case Kind::kReturned:
      return bytes.take_all<int64_t>(argument.integers, count);
    case Kind::kDoubles:
      return bytes.take_all<double>(argument.numbers, count);
    case Kind::kBools:
      return bytes.take_all<uint8_t>(argument.integers, count);
    case Kind::kTensor:
      return read_tensor(bytes, argument.tensor);
    default:
      return;
  }
}

void read_argument(Bytes& bytes, RecordedArgument& argument) {
  argument = RecordedArgument{};
  argument.kind = static_cast<Kind>(bytes.take<uint32_t>());
  const size_t count = bytes.take<uint32_t>();
  if (argument.kind != Kind::kTensors && argument.kind != Kind::kOptionalTensors) {
    return read_plain(bytes, argument, count);
  }
  for (size_t i = 0; i < count && bytes.good(); ++i) {
    RecordedArgument element;
    element.kind = static_cast<Kind>(bytes.take<uint32_t>());
    read_plain(bytes, element, bytes.take<uint32_t>());
    argument.elements.push_back(element);
  }
}

}  // namespace

CallsReader::CallsReader(const uint8_t* bytes, size_t size) : at_(bytes), end_(bytes + size) {
  Bytes head(at_, end_);
  const uint8_t* magic = head.skip(8);
  calls_ = head.take<uint64_t>();
  valid_ = head.good() && std::memcmp(magic, "ETCALLS1", 8) == 0;
  at_ = head.at();
}

bool CallsReader::next(RecordedCall& call) {
  if (!valid_ || read_ == calls_) return false;
  Bytes head(at_, end_);
  const uint64_t length = head.take<uint64_t>();
  if (!head.good() || length > static_cast<uint64_t>(end_ - at_)) return valid_ = false;
  Bytes bytes(head.at(), at_ + length);
  const size_t name_bytes = bytes.take<uint16_t>();
  const size_t arguments = bytes.take<uint16_t>();
  const uint32_t compared = bytes.take<uint32_t>();
  call.compare = static_cast<Compare>(compared & 255);
  call.signed_zeros = (compared & 256) != 0;
  call.rtol = bytes.take<double>();
  call.atol = bytes.take<double>();
  const uint8_t* name = bytes.skip(name_bytes);
  if (name == nullptr || name_bytes == 0 || name[name_bytes - 1] != 0) return valid_ = false;
  call.name = reinterpret_cast<const char*>(name);
  call.arguments.resize(arguments);
  for (RecordedArgument& argument : call.arguments) read_argument(bytes, argument);
  at_ += length;
  ++read_;
  return valid_ = bytes.good();
}

size_t element_bytes(int dtype) {
  static constexpr uint8_t kBytes[] = {1, 1, 2, 4, 8, 2, 4, 8, 4, 8, 16, 1, 0, 0, 0, 2};
  if (dtype >= 0 && dtype < 16) return kBytes[dtype];
  return dtype == 27 ? 2 : dtype == 28 ? 4 : 0;
}

}  // namespace etbuild::proof
