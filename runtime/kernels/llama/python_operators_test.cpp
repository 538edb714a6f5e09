// Holds the kernels against what the Python operators gave: python_operators_test CASES.safetensors

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "float_tensor.h"
#include "op_custom_sdpa.h"
#include "op_update_cache.h"
#include "safetensors.h"

namespace etbuild::kernels::llama {
namespace {

using executorch::aten::SizesType;
using executorch::runtime::Error;
using executorch::runtime::KernelRuntimeContext;
using runner::Safetensors;
using runner::Status;

constexpr float kClose = 2e-6f;

// One case of the file.
class Recorded {
 public:
  Recorded(const Safetensors& file, int index) : file_(file), prefix_(std::to_string(index) + "/") {}

  Status sizes(std::vector<int64_t>* values) const { return file_.get(prefix_ + "case", values); }

  // Fills `tensor`; says so if it does not fit.
  bool read(const char* name, FloatTensor* tensor) const {
    std::vector<float> values;
    const bool fits = file_.get(prefix_ + name, &values).ok() && values.size() == tensor->values().size();
    if (!fits) std::printf("%s%s is not what it should be\n", prefix_.c_str(), name);
    std::copy_n(values.begin(), fits ? values.size() : 0, tensor->values().begin());
    return fits;
  }

  // The greatest difference from a recorded tensor; NaN if anything is.
  float difference(const char* name, FloatTensor& tensor) const {
    std::vector<float> values;
    if (!file_.get(prefix_ + name, &values).ok() || values.size() != tensor.values().size()) return NAN;
    float most = 0;
    for (size_t at = 0; at < values.size(); ++at) {
      const float one = std::abs(values[at] - tensor.values()[at]);
      if (!(one <= most)) most = one;
    }
    return most;
  }

 private:
  const Safetensors& file_;
  std::string prefix_;
};

bool holds(const Recorded& recorded, const std::vector<int64_t>& sizes) {
  const auto size = [&](int at) { return static_cast<SizesType>(sizes[at]); };
  FloatTensor query({size(0), size(1), size(2), size(4)});
  FloatTensor out({size(0), size(1), size(2), size(4)});
  FloatTensor key({size(0), size(5), size(3), size(4)});
  FloatTensor value({size(0), size(5), size(3), size(4)});
  FloatTensor written({size(0), size(1), size(3), size(4)});
  FloatTensor mask({size(1), size(5)});
  FloatTensor unused({1});
  const bool has_read = recorded.read("query", &query) && recorded.read("key", &key) &&
                        recorded.read("value", &value) && recorded.read("written", &written) &&
                        recorded.read("mask", &mask);
  if (!has_read) return false;
  KernelRuntimeContext context;
  update_cache_out(context, written.tensor(), key.tensor(), sizes[6], unused.tensor());
  std::optional<executorch::aten::Tensor> with;
  if (sizes[8] != 0) with = mask.tensor();
  custom_sdpa_out(context, query.tensor(), key.tensor(), value.tensor(), sizes[6], with, 0.0, sizes[7] != 0,
                  std::nullopt, out.tensor());
  const float key_error = recorded.difference("updated_key", key);
  const float error = recorded.difference("attention", out);
  std::printf("update_cache %g, custom_sdpa %g from Python's\n", key_error, error);
  return context.failure_state() == Error::Ok && key_error == 0 && error < kClose;
}

int run(const char* path) {
  Safetensors file;
  const Status status = Safetensors::read(path, &file);
  if (!status.ok()) std::printf("%s\n", status.message().c_str());
  int count = 0;
  int failed = 0;
  std::vector<int64_t> sizes;
  for (; status.ok() && Recorded(file, count).sizes(&sizes).ok() && sizes.size() == 9; ++count) {
    failed += holds(Recorded(file, count), sizes) ? 0 : 1;
  }
  std::printf("%d cases, %d failed\n", count, failed);
  return count > 0 && failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace etbuild::kernels::llama

int main(int count, char** words) { return count == 2 ? etbuild::kernels::llama::run(words[1]) : 2; }
