#include "wrong_calls.h"

#include <cstring>
#include <limits>

namespace etbuild::proof {

namespace {

constexpr int kLong = 4;
constexpr int kFloat = 6;
constexpr int kBool = 11;

// They write any dtype.
bool takes_any_output(const std::string& name) {
  for (const char* base : {"full", "zeros", "ones", "empty", "scalar_tensor", "copy", "_to_copy", "_empty_dim_order",
                           "_to_dim_order_copy", "_clone_dim_order", "masked_fill", "any", "fill"}) {
    if (name.find("::" + std::string(base)) != std::string::npos) return true;
  }
  return false;
}

class Wrongs {
 public:
  explicit Wrongs(const RecordedCall& call) : call_(call) {}

  std::deque<WrongCall> all() {
    missing();
    made_.emplace_back();
    made_.back().call = call_;
    made_.back().what = "without temporary memory";
    made_.back().has_memory = false;
    for (size_t i = 0; i < call_.arguments.size(); ++i) {
      const RecordedArgument& argument = call_.arguments[i];
      if (argument.kind == Kind::kReturned) continue;
      if (argument.kind == Kind::kTensor && argument.tensor.is_output) {
        output(i);
      } else if (argument.kind == Kind::kTensor) {
        input(i);
      } else {
        plain(i);
      }
    }
    return std::move(made_);
  }

 private:
  RecordedArgument& add(size_t i, const std::string& what, bool must_fail) {
    made_.emplace_back();
    made_.back().call = call_;
    made_.back().what = "argument " + std::to_string(i) + " " + what;
    made_.back().must_fail = must_fail;
    return made_.back().call.arguments[i];
  }

  // New sizes and dtype, with zeros, or as many equal numbers, as content.
  void reform(RecordedTensor& tensor, const std::vector<int32_t>& sizes, int dtype, int64_t number = 0) {
    tensor.sizes = sizes;
    tensor.dtype = dtype;
    tensor.dim_order.clear();
    size_t count = 1;
    for (size_t dim = 0; dim < sizes.size(); ++dim) {
      tensor.dim_order.push_back(static_cast<uint8_t>(dim));
      count *= static_cast<size_t>(sizes[dim]);
    }
    const size_t width = element_bytes(dtype);
    std::vector<uint8_t> content(count * width);
    if (dtype == kLong) {
      for (size_t at = 0; at < count; ++at) std::memcpy(&content[at * width], &number, width);
    }
    made_.back().contents.push_back(std::move(content));
    tensor.content = made_.back().contents.back().data();
    tensor.content_bytes = count * width;
  }

  void missing() {
    if (call_.arguments.empty()) return;
    const size_t given = call_.arguments.size() - 1;
    for (size_t left : {size_t{0}, given / 2}) {
      made_.emplace_back();
      made_.back().call = call_;
      made_.back().what = "only " + std::to_string(left) + " arguments";
      made_.back().missing = call_.arguments.size() - left;
      made_.back().must_fail = true;
    }
  }

  void other_kinds(size_t i, bool must_fail) {
    RecordedArgument text;
    text.kind = Kind::kString;
    text.text = "text";
    add(i, "is a text", must_fail) = text;
    add(i, "is None", false) = RecordedArgument{};
  }

  void output(size_t i) {
    const RecordedTensor& tensor = call_.arguments[i].tensor;
    other_kinds(i, true);
    made_.back().must_fail = true;
    if (tensor.has_content) return;
    std::vector<int32_t> sizes = tensor.expected_sizes;
    for (int32_t& size : sizes) ++size;
    if (!sizes.empty()) {
      RecordedTensor& larger = add(i, "cannot be resized", true).tensor;
      reform(larger, sizes, tensor.dtype);
      larger.dynamism = 0;
      RecordedTensor& smaller = add(i, "is too small to be resized", tensor.expected_bytes != 0).tensor;
      reform(smaller, std::vector<int32_t>(sizes.size(), 0), tensor.dtype);
      smaller.dynamism = 1;
      sizes.push_back(1);
      reform(add(i, "has a dimension more", true).tensor, sizes, tensor.dtype);
    }
    if (tensor.dtype == kFloat && !takes_any_output(call_.name)) {
      RecordedTensor& other = add(i, "is of bools", true).tensor;
      reform(other, tensor.expected_sizes, kBool);
      other.dim_order = tensor.dim_order;
    }
  }

  void input(size_t i) {
    const RecordedTensor& tensor = call_.arguments[i].tensor;
    other_kinds(i, true);
    std::vector<int32_t> sizes = tensor.sizes;
    reform(add(i, "is of other integers", false).tensor, sizes, tensor.dtype == kLong ? 3 : kLong);
    reform(add(i, "is of bools", false).tensor, sizes, kBool);
    if (tensor.dtype == kLong) {
      for (int64_t number : {int64_t{1000000}, int64_t{-1000000}, std::numeric_limits<int64_t>::min()}) {
        reform(add(i, "holds " + std::to_string(number), false).tensor, sizes, kLong, number);
      }
    }
    reform(add(i, "has no dimensions", false).tensor, {}, tensor.dtype);
    reform(add(i, "has no elements", false).tensor, std::vector<int32_t>(sizes.size(), 0), tensor.dtype);
    sizes.insert(sizes.begin(), 2);
    reform(add(i, "has a dimension more", false).tensor, sizes, tensor.dtype);
    if (sizes.size() > 2) {
      sizes.erase(sizes.begin(), sizes.begin() + 2);
      reform(add(i, "has a dimension less", false).tensor, sizes, tensor.dtype);
    }
    sizes = tensor.sizes;
    for (int32_t& size : sizes) size += 3;
    reform(add(i, "has larger sizes", false).tensor, sizes, tensor.dtype);
  }

  void plain(size_t i) {
    const RecordedArgument& argument = call_.arguments[i];
    RecordedArgument wrong;
    wrong.kind = Kind::kTensor;
    for (const RecordedArgument& other : call_.arguments) {
      if (other.kind == Kind::kTensor) wrong.tensor = other.tensor;
    }
    if (!wrong.tensor.dim_order.empty() && argument.kind != Kind::kNone) {
      wrong.tensor.is_output = false;
      wrong.tensor.has_content = true;
      RecordedArgument& placed = add(i, "is a tensor", true);
      placed = wrong;
      reform(placed.tensor, {2}, kFloat);
    }
    add(i, "is None", false) = RecordedArgument{};
    if (argument.kind == Kind::kInt) {
      for (int64_t number : {std::numeric_limits<int64_t>::max(), std::numeric_limits<int64_t>::min(), int64_t{-100},
                             int64_t{0}, int64_t{100}}) {
        add(i, "is " + std::to_string(number), false).integer = number;
      }
    }
    if (argument.kind == Kind::kInts) lists(i);
    if (argument.kind == Kind::kTensors || argument.kind == Kind::kOptionalTensors) {
      add(i, "is empty", false).elements.clear();
      if (!argument.elements.empty() && !argument.elements[0].tensor.is_output) {
        RecordedArgument& more = add(i, "has one element more", false);
        more.elements.push_back(more.elements[0]);
      }
    }
  }

  void lists(size_t i) {
    add(i, "is empty", false).integers.clear();
    add(i, "has one element more", false).integers.push_back(1);
    for (int64_t number : {std::numeric_limits<int64_t>::max(), std::numeric_limits<int64_t>::min(), int64_t{-3},
                           int64_t{0}, int64_t{1} << 33, int64_t{70}}) {
      for (int64_t& element : add(i, "holds " + std::to_string(number), false).integers) element = number;
    }
    std::vector<int64_t>& many = add(i, "has 40 elements", false).integers;
    many.assign(40, 1);
  }

  const RecordedCall& call_;
  std::deque<WrongCall> made_;
};

}  // namespace

std::deque<WrongCall> wrong_calls(const RecordedCall& call) { return Wrongs(call).all(); }

}  // namespace etbuild::proof
