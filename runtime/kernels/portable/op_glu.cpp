// glu.out(Tensor self, int dim=-1, *, Tensor(a!) out): the first half along dim times the sigmoid of the second.
#include <cmath>

#include "elements.h"
#include "expect.h"
#include "lines.h"
#include "vectors.h"

namespace etbuild::kernels {
namespace {

template <typename T>
void gate_lines(const Tensor& self, Tensor& out, int64_t dim) {
  const Lines from(self, dim);
  const Lines to(out, dim);
  const Input<T> input(self);
  const Output<T> results(out);
  for (int64_t line = 0; line < to.count; ++line) {
    int64_t at = from.start(line);
    int64_t out_at = to.start(line);
    for (int64_t each = 0; each < to.length; ++each) {
      const T gate = input[at + to.length * from.step];
      results.set(out_at, input[at] / (T(1) + std::exp(-gate)));
      at += from.step;
      out_at += to.step;
    }
  }
}

// Floats that lie behind each other: blocks of both halves, one after the other.
void gate_floats(const Tensor& self, Tensor& out, int64_t dim) {
  auto block = static_cast<ptrdiff_t>(1);
  for (ssize_t at = static_cast<ssize_t>(dim); at < out.dim(); ++at) block *= static_cast<ptrdiff_t>(out.size(at));
  const float* from = self.const_data_ptr<float>();
  float* to = out.mutable_data_ptr<float>();
  for (ssize_t done = 0; done < out.numel(); done += block) {
    math::sigmoid_row(from + block, to, block);
    for (ptrdiff_t at = 0; at < block; ++at) to[at] *= from[at];
    from += 2 * block;
    to += block;
  }
}

}  // namespace

void glu_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tit")) return;
  const Tensor& self = tensor(arguments, 0);
  Tensor& out = tensor(arguments, 2);
  int64_t dim = integer(arguments, 1);
  const auto rank = static_cast<size_t>(self.dim());
  if (!wrap_dimension(context, dim, rank)) return;
  const bool has_halves = rank > 0 && rank <= kMaxRank && self.size(static_cast<ssize_t>(dim)) % 2 == 0;
  if (!expect(context, has_halves, "the dimension must be of even size")) return;
  Shape shape;
  shape.rank = rank;
  for (size_t at = 0; at < rank; ++at) shape.sizes[at] = self.sizes()[at];
  shape.sizes[dim] /= 2;
  const ScalarType type = self.scalar_type();
  if (!expect_dtype(context, type, &out) || !resize(context, out, shape.view())) return;
  const bool contiguous = is_contiguous(self) && is_contiguous(out);
  if (is_selected(ScalarType::Float) && type == ScalarType::Float && contiguous) {
    gate_floats(self, out, dim);
    return;
  }
  expect_served(context, visit_floating(type, [&](auto zero) { gate_lines<decltype(zero)>(self, out, dim); }));
}

}  // namespace etbuild::kernels
