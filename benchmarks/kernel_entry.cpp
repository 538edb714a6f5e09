// kernel_entry: what a call of a kernel takes, by operator, in nanoseconds, through the registry, without a program
// around it: for one element, where it is what comes before the computation; and for products of 256 x 256 matrices.
// For kernel_calls.py.

#include <executorch/extension/tensor/tensor_ptr_maker.h>
#include <executorch/runtime/core/evalue.h>
#include <executorch/runtime/kernel/kernel_runtime_context.h>
#include <executorch/runtime/kernel/operator_registry.h>
#include <executorch/runtime/platform/runtime.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#ifdef OUR_KERNELS
#include "portable_kernels.h"
#endif

namespace {

using executorch::aten::ScalarType;
using executorch::aten::Tensor;
using executorch::extension::TensorPtr;
using executorch::runtime::BoxedEvalueList;
using executorch::runtime::Error;
using executorch::runtime::EValue;
using executorch::runtime::KernelRuntimeContext;
using executorch::runtime::Span;

struct Case {
  const char* name;
  const char* arguments;  // A letter each, see Call::add.
};

constexpr Case kEntries[] = {
    {"aten::relu.out", "ff"},
    {"aten::add.out", "ff1f"},
    {"aten::mul.out", "fff"},
    {"aten::where.self_out", "tfff"},
    {"aten::gelu.out", "fzf"},
    {"aten::sum.IntList_out", "fdFnp"},
    {"aten::mean.out", "fdFnp"},
    {"aten::_softmax.out", "f1Ff"},
    {"aten::native_layer_norm.out", "fdppefff"},
    {"aten::mm.out", "fff"},
    {"aten::addmm.out", "pff11f"},
    {"aten::linear.out", "ffpf"},
    {"aten::cat.out", "T0g"},
    {"aten::index.Tensor_out", "fOf"},
    {"aten::embedding.out", "fi0FFf"},
    {"aten::permute_copy.out", "fPf"},
    {"aten::view_copy.out", "fvf"},
    {"aten::expand_copy.out", "fvFf"},
    {"aten::slice_copy.Tensor_out", "f0011f"},
    {"aten::select_copy.int_out", "f00p"},
    {"aten::unsqueeze_copy.out", "p0f"},
    {"aten::clone.out", "fnf"},
};

constexpr Case kProducts[] = {
    {"aten::mm.out", "MMM"},
    {"aten::addmm.out", "qMM11M"},
    {"aten::linear.out", "MMqM"},
};

// Lists know their elements by address: deques leave these where they are.
class Call {
 public:
  explicit Call(const char* letters) {
    for (; *letters != '\0'; ++letters) add(*letters);
    for (EValue& value : values_) pointers_.push_back(&value);
    pointers_.push_back(&values_.back());  // As what the call returns.
  }

  Span<EValue*> arguments() { return {pointers_.data(), pointers_.size()}; }

 private:
  void add(char letter) {
    switch (letter) {
      case 'f':
        return add_tensor({1, 1}, ScalarType::Float);
      case 'p':
        return add_tensor({1}, ScalarType::Float);
      case 'g':
        return add_tensor({2, 1}, ScalarType::Float);
      case 'M':
        return add_tensor({256, 256}, ScalarType::Float);
      case 'q':
        return add_tensor({256}, ScalarType::Float);
      case 'i':
        return add_tensor({1}, ScalarType::Long);
      case 't':
        return add_tensor({1, 1}, ScalarType::Bool);
      case '0':
      case '1':
        values_.emplace_back(int64_t{letter - '0'});
        return;
      case 'F':
        values_.emplace_back(false);
        return;
      case 'e':
        values_.emplace_back(1e-5);
        return;
      case 'd':
        return add_integers({1});
      case 'P':
        return add_integers({1, 0});
      case 'v':
        return add_integers({1, 1});
      case 'T':
        return add_tensors(tensors_of_list_, {1, 1}, ScalarType::Float, 2);
      case 'O':
        return add_tensors(optional_tensors_of_list_, {1}, ScalarType::Long, 1);
      case 'z':
        text_ = {"none", 4};
        values_.emplace_back(&text_);
        return;
      default:
        values_.emplace_back();
    }
  }

  TensorPtr make(std::vector<executorch::aten::SizesType> sizes, ScalarType type) {
    tensors_.push_back(executorch::extension::zeros(std::move(sizes), type));
    return tensors_.back();
  }

  void add_tensor(std::vector<executorch::aten::SizesType> sizes, ScalarType type) {
    values_.emplace_back(*make(std::move(sizes), type));
  }

  void add_integers(const std::vector<int64_t>& integers) {
    for (const int64_t integer : integers) refer(EValue(integer));
    unpacked_.resize(integers.size());
    integers_ = {list_.data(), unpacked_.data(), static_cast<int>(integers.size())};
    values_.emplace_back(&integers_);
  }

  template <typename Element>
  void add_tensors(BoxedEvalueList<Element>& boxed, const std::vector<executorch::aten::SizesType>& sizes,
                   ScalarType type, size_t count) {
    auto* const memory = static_cast<Element*>(::operator new(count * sizeof(Element)));  // As long as the process.
    for (size_t at = 0; at < count; ++at) refer(EValue(*make(sizes, type)));
    boxed = {list_.data(), memory, static_cast<int>(count)};
    values_.emplace_back(&boxed);
  }

  void refer(const EValue& value) {
    listed_.push_back(value);
    list_.push_back(&listed_.back());
  }

  std::vector<TensorPtr> tensors_;
  std::deque<EValue> values_;
  std::vector<EValue*> pointers_;
  std::deque<EValue> listed_;
  std::vector<EValue*> list_;
  std::vector<int64_t> unpacked_;
  executorch::aten::ArrayRef<char> text_;
  BoxedEvalueList<int64_t> integers_;
  BoxedEvalueList<Tensor> tensors_of_list_;
  BoxedEvalueList<std::optional<Tensor>> optional_tensors_of_list_;
};

double now() {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

// The least of many hundreds; some are not interrupted. -1: there is no such kernel, or it fails.
double nanoseconds(const Case& each, int rounds, int calls) {
  const auto kernel = executorch::runtime::get_op_function_from_registry(each.name);
  if (!kernel.ok()) return -1;
  Call call(each.arguments);
  alignas(64) static char memory[4U << 20U];
  executorch::runtime::MemoryAllocator allocator(sizeof(memory), reinterpret_cast<uint8_t*>(memory));
  double least = 1e12;
  for (int round = 0; round < rounds; ++round) {
    allocator.reset();
    KernelRuntimeContext context(nullptr, &allocator);
    const double start = now();
    for (int at = 0; at < calls; ++at) (*kernel)(context, call.arguments());
    least = std::min(least, (now() - start) / calls);
    if (context.failure_state() != Error::Ok) return -1;
  }
  return least;
}

template <size_t kCount>
void print(const Case (&cases)[kCount], const char* only, int rounds, int calls) {
  for (const Case& each : cases) {
    if (only != nullptr && std::strcmp(each.name, only) != 0) continue;
    std::printf("%s %.1f\n", each.name, nanoseconds(each, rounds, calls));
  }
}

}  // namespace

// kernel_entry ROUNDS entry|products [OPERATOR]
int main(int count, char** words) {
  executorch::runtime::runtime_init();
#ifdef OUR_KERNELS
  if (executorch::runtime::register_kernels(programs::portable_kernels()) != Error::Ok) return 1;
#endif
  if (count < 3) return 1;
  const int rounds = std::atoi(words[1]);
  const char* only = count > 3 ? words[3] : nullptr;
  if (std::strcmp(words[2], "entry") == 0) print(kEntries, only, rounds, 100);
  if (std::strcmp(words[2], "products") == 0) print(kProducts, only, rounds, 1);
  return 0;
}
