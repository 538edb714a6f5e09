#include "softmax.h"

#include <executorch/runtime/kernel/thread_parallel_interface.h>

#include <cmath>

#include "elements.h"
#include "expect.h"
#include "lines.h"
#include "vectors.h"

namespace etbuild::kernels {
namespace {

// Elements that are worth a thread.
constexpr int64_t kGrain = 8192;

template <typename T>
void softmax_line(const Input<T>& self, int64_t at, int64_t step, const Output<T>& out, int64_t out_at,
                  int64_t out_step, int64_t count, bool logarithm) {
  T most = -INFINITY;
  for (int64_t each = 0; each < count; ++each) {
    const T value = self[at + each * step];
    if (!(value <= most)) most = value;  // NaN, too.
  }
  T sum(0);
  for (int64_t each = 0; each < count; ++each) sum += std::exp(self[at + each * step] - most);
  const T divisor = logarithm ? std::log(sum) : sum;
  for (int64_t each = 0; each < count; ++each) {
    const T value = self[at + each * step] - most;
    out.set(out_at + each * out_step, logarithm ? value - divisor : std::exp(value) / divisor);
  }
}

int64_t grain_of(const Lines& lines) { return kGrain / (lines.length + 1) + 1; }

template <typename T>
void softmax_lines(const Lines& from, const Input<T>& self, const Lines& to, const Output<T>& out, bool logarithm) {
  executorch::extension::parallel_for(0, from.count, grain_of(from), [&](int64_t begin, int64_t end) {
    for (int64_t line = begin; line < end; ++line) {
      softmax_line<T>(self, from.start(line), from.step, out, to.start(line), to.step, from.length, logarithm);
    }
  });
}

void softmax_floats(const Lines& lines, const float* self, float* out, bool logarithm) {
  const auto row = logarithm ? math::log_softmax_row : math::softmax_row;
  executorch::extension::parallel_for(0, lines.count, grain_of(lines), [&](int64_t begin, int64_t end) {
    for (int64_t line = begin; line < end; ++line) {
      const int64_t at = line * lines.length;
      row(self + at, out + at, static_cast<ptrdiff_t>(lines.length));
    }
  });
}

}  // namespace

void softmax(KernelRuntimeContext& context, Arguments arguments, bool logarithm) {
  if (!are_arguments(context, arguments, "tibt")) return;
  const Tensor& self = tensor(arguments, 0);
  Tensor& out = tensor(arguments, 3);
  int64_t dim = integer(arguments, 1);
  if (!wrap_dimension(context, dim, static_cast<size_t>(self.dim()))) return;
  if (!expect(context, !boolean(arguments, 2), "half_to_float must be false")) return;
  if (!expect_dtype(context, self.scalar_type(), &out)) return;
  if (!resize(context, out, self.sizes())) return;
  const Lines from(self, dim);
  const Lines to(out, dim);
  if (is_selected(ScalarType::Float) && self.scalar_type() == ScalarType::Float && from.dense && to.dense) {
    softmax_floats(from, self.const_data_ptr<float>(), out.mutable_data_ptr<float>(), logarithm);
    return;
  }
  expect_served(context, visit_floating(self.scalar_type(), [&](auto zero) {
                  using T = decltype(zero);
                  softmax_lines<T>(from, Input<T>(self), to, Output<T>(out), logarithm);
                }));
}

}  // namespace etbuild::kernels
