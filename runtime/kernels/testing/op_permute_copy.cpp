#include "float_tensors.h"

namespace etbuild::testing {
namespace {

constexpr ssize_t kMaxRank = 16;

// Where each dimension of the result lies in the source: its size, and how far apart its elements are.
struct Permutation {
  int32_t sizes[kMaxRank];
  ssize_t strides[kMaxRank];
};

bool permute(const Tensor& in, ArrayRef<int64_t> dims, Permutation* made) {
  const ssize_t rank = in.dim();
  if (static_cast<ssize_t>(dims.size()) != rank || rank > kMaxRank) return false;
  uint32_t seen = 0;
  for (ssize_t at = 0; at < rank; ++at) {
    const int64_t dim = dims[static_cast<size_t>(at)];
    const int64_t from = dim < 0 ? dim + rank : dim;
    if (from < 0 || from >= rank || (seen >> from & 1U) != 0) return false;
    seen |= 1U << from;
    made->sizes[at] = in.sizes()[static_cast<size_t>(from)];
    made->strides[at] = in.strides()[static_cast<size_t>(from)];
  }
  return true;
}

}  // namespace

// permute_copy.out(self, dims, out).
void permute_copy_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!is_float_tensor(context, arguments, 0) || !is_float_tensor(context, arguments, 2)) return;
  if (!arguments[1]->isIntList()) return context.fail(Error::InvalidArgument);
  const Tensor& in = arguments[0]->toTensor();
  Tensor& out = arguments[2]->toTensor();
  const ssize_t rank = in.dim();
  Permutation order;
  if (!permute(in, arguments[1]->toIntList(), &order)) return context.fail(Error::InvalidArgument);
  if (!resize(context, out, {order.sizes, static_cast<size_t>(rank)})) return;
  const auto* from = in.const_data_ptr<float>();
  auto* to = out.mutable_data_ptr<float>();
  int32_t index[kMaxRank] = {};
  ssize_t source = 0;
  for (ssize_t at = 0; at < out.numel(); ++at) {
    to[at] = from[source];
    // To the next element, as an odometer turns.
    for (ssize_t dim = rank - 1; dim >= 0; --dim) {
      source += order.strides[dim];
      if (++index[dim] < order.sizes[dim]) break;
      source -= order.strides[dim] * order.sizes[dim];
      index[dim] = 0;
    }
  }
}

}  // namespace etbuild::testing
