// _pdist_forward.out(Tensor self, float p=2, *, Tensor(a!) out): the distances between rows of self, of each pair.
#include "distance.h"
#include "expect.h"
#include "shapes.h"

namespace etbuild::kernels {
namespace {

template <typename T>
void compute_distances(const Tensor& self, double p, Tensor& out) {
  const Input<T> rows(self);
  const Output<T> results(out);
  const int64_t row_step = self.strides()[0];
  const int64_t step = self.strides()[1];
  int64_t at = 0;
  for (int64_t one = 0; one < self.size(0); ++one) {
    for (int64_t other = one + 1; other < self.size(0); ++other) {
      results.set(at++, distance<T>(rows, {one * row_step, step}, rows, {other * row_step, step}, self.size(1), p));
    }
  }
}

}  // namespace

void _pdist_forward_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tdt")) return;
  const Tensor& self = tensor(arguments, 0);
  const double p = real(arguments, 1);
  Tensor& out = tensor(arguments, 2);
  if (!expect(context, self.dim() == 2 && p >= 0.0, "self must be of 2 dimensions, p not negative")) return;
  const int64_t rows = self.size(0);
  const int64_t pairs = rows * (rows - 1) / 2;
  if (!expect(context, pairs <= INT32_MAX, "pairs must be below 2^31")) return;
  if (!expect_dtype(context, self.scalar_type(), &out) || !resize(context, out, {static_cast<int32_t>(pairs)})) return;
  expect_served(
      context, visit_floating(self.scalar_type(), [&](auto zero) { compute_distances<decltype(zero)>(self, p, out); }));
}

}  // namespace etbuild::kernels
