// transpose.out(Tensor input, int[] perm, *, Tensor(a!) out): dimension i of the output is dimension perm[i] of the
// input. Of any dtype.
#include <executorch/runtime/platform/log.h>

#include "convert.h"
#include "dtypes.h"
#include "strided_loops.h"

namespace etbuild::kernels::cortex_m {
namespace {

// What the output's dimensions are in the input.
struct Permuted {
  Shape shape;
  int32_t strides[kMaxRank] = {};
};

bool permute(const Tensor& input, ArrayRef<int64_t> order, Permuted& made) {
  const auto rank = static_cast<size_t>(input.dim());
  if (order.size() != rank || rank > kMaxRank) return false;
  uint32_t seen = 0;
  for (const int64_t given : order) {
    const int64_t dim = given < 0 ? given + static_cast<int64_t>(rank) : given;
    if (dim < 0 || dim >= static_cast<int64_t>(rank) || ((seen >> dim) & 1U) != 0) return false;
    seen |= 1U << dim;
    made.strides[made.shape.rank] = input.strides()[static_cast<size_t>(dim)];
    made.shape.sizes[made.shape.rank++] = input.sizes()[static_cast<size_t>(dim)];
  }
  return true;
}

}  // namespace

void transpose_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tlt")) return;
  const Tensor& input = tensor(arguments, 0);
  Tensor& out = tensor(arguments, 2);
  Permuted permuted;
  if (!permute(input, integers(arguments, 1), permuted) || out.scalar_type() != input.scalar_type() ||
      !is_known(input.scalar_type())) {
    ET_LOG(Error, "perm must name each dimension once, and the output must have the input's dtype");
    return context.fail(Error::InvalidArgument);
  }
  if (!resize(context, out, permuted.shape.view()) || out.numel() == 0) return;
  StridedLoops<2> loops(out, 2);
  loops.add_strides(permuted.strides);
  loops.add(&out);
  loops.collapse();
  const size_t size = size_of(input.scalar_type());
  loops.each([&](const int64_t* offsets) {
    copy_elements(size, static_cast<const char*>(input.const_data_ptr()) + static_cast<size_t>(offsets[0]) * size,
                  loops.inner_step(0),
                  static_cast<char*>(out.mutable_data_ptr()) + static_cast<size_t>(offsets[1]) * size,
                  loops.inner_step(1), loops.inner_count());
    return true;
  });
}

}  // namespace etbuild::kernels::cortex_m
