// _cdist_forward.out(Tensor x1, Tensor x2, float p, int? compute_mode, *, Tensor(a!) out): the distances between each
// row of x1 and each of x2; batches are broadcast. How distances are computed is not left to compute_mode.
#include "distance.h"
#include "expect.h"
#include "shapes.h"

namespace etbuild::kernels {
namespace {

// Where the matrix of a batch starts, in a tensor that is broadcast to batches of these sizes.
int64_t start_of(const Tensor& tensor, ArrayRef<int32_t> sizes, int64_t batch) {
  int64_t start = 0;
  const ssize_t missing = static_cast<ssize_t>(sizes.size()) - tensor.dim();
  for (auto dim = static_cast<ssize_t>(sizes.size()) - 3; dim >= missing; --dim) {
    const int64_t size = sizes[static_cast<size_t>(dim)];
    if (tensor.size(dim - missing) > 1) start += batch % size * tensor.strides()[static_cast<size_t>(dim - missing)];
    batch /= size;
  }
  return start;
}

template <typename T>
void compute_distances(const Tensor& left, const Tensor& right, double p, Tensor& out) {
  const Input<T> ones(left);
  const Input<T> others(right);
  const Output<T> results(out);
  const auto sizes = out.sizes();
  const auto rank = static_cast<size_t>(left.dim());
  const auto other_rank = static_cast<size_t>(right.dim());
  const int64_t rows = left.sizes()[rank - 2];
  const int64_t columns = right.sizes()[other_rank - 2];
  for (int64_t at = 0; at < out.numel(); ++at) {
    const int64_t batch = at / columns / rows;
    const Place one = {start_of(left, sizes, batch) + at / columns % rows * left.strides()[rank - 2],
                       left.strides()[rank - 1]};
    const Place other = {start_of(right, sizes, batch) + at % columns * right.strides()[other_rank - 2],
                         right.strides()[other_rank - 1]};
    results.set(at, distance<T>(ones, one, others, other, left.sizes()[rank - 1], p));
  }
}

// Sizes of the result; false if the arguments do not fit.
bool shape_result(const Tensor& left, const Tensor& right, Shape& shape) {
  if (left.dim() < 2 || right.dim() < 2 || left.size(left.dim() - 1) != right.size(right.dim() - 1)) return false;
  const auto rank = static_cast<size_t>(left.dim());
  const auto other_rank = static_cast<size_t>(right.dim());
  if (rank > kMaxRank || other_rank > kMaxRank) return false;
  if (!broadcast(shape, {left.sizes().data(), rank - 2}) || !broadcast(shape, {right.sizes().data(), other_rank - 2})) {
    return false;
  }
  shape.sizes[shape.rank++] = left.sizes()[rank - 2];
  shape.sizes[shape.rank++] = right.sizes()[other_rank - 2];
  return true;
}

}  // namespace

void _cdist_forward_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "ttdIt")) return;
  const Tensor& left = tensor(arguments, 0);
  const Tensor& right = tensor(arguments, 1);
  const double p = real(arguments, 2);
  Tensor& out = tensor(arguments, 4);
  Shape shape;
  const bool fits = shape_result(left, right, shape) && p >= 0.0;
  if (!expect(context, fits, "cdist must be of [..., m, k] and [..., n, k], p not negative")) return;
  const ScalarType type = left.scalar_type();
  if (!expect_dtype(context, type, &right, &out) || !resize(context, out, shape.view())) return;
  if (!is_contiguous(out)) {
    context.fail(Error::NotSupported);
    return;
  }
  expect_served(context,
                visit_floating(type, [&](auto zero) { compute_distances<decltype(zero)>(left, right, p, out); }));
}

}  // namespace etbuild::kernels
