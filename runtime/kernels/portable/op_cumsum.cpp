// cumsum.out(Tensor self, int dim, *, ScalarType? dtype=None, Tensor(a!) out): each element and those before it along
// the dimension, summed up in the output's dtype; whole numbers wrap.
#include "convert.h"
#include "reducers.h"
#include "wrapping.h"

namespace etbuild::kernels {
namespace {

constexpr int64_t kAtOnce = 64;

// A line of elements, so many apart in both.
struct Line {
  ScalarType from_type;
  const char* from;
  int64_t from_step;
  ScalarType to_type;
  char* to;
  int64_t to_step;
  int64_t count;
};

// Sums are kept in Wide: double or int64_t.
template <typename Wide>
bool sum_up(const Line& line) {
  const auto from_size = static_cast<int64_t>(size_of(line.from_type));
  const auto to_size = static_cast<int64_t>(size_of(line.to_type));
  Wide sum = 0;
  for (int64_t at = 0; at < line.count; at += kAtOnce) {
    const int64_t now = line.count - at < kAtOnce ? line.count - at : kAtOnce;
    Wide sums[kAtOnce];
    const char* from = line.from + at * line.from_step * from_size;
    if (!convert(line.from_type, from, line.from_step, dtype_of<Wide>(), sums, now)) return false;
    for (int64_t each = 0; each < now; ++each) sums[each] = sum = wrapping_add(sum, sums[each]);
    alignas(16) char results[kAtOnce * 8];
    if (!convert(dtype_of<Wide>(), sums, 1, line.to_type, results, now)) return false;
    char* to = line.to + at * line.to_step * to_size;
    copy_elements(static_cast<size_t>(to_size), results, 1, to, line.to_step, now);
  }
  return true;
}

}  // namespace

void cumsum_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tiIt")) return;
  const Tensor& self = tensor(arguments, 0);
  Tensor& out = tensor(arguments, 3);
  int64_t dim = integer(arguments, 1);
  if (!wrap_dimension(context, dim, static_cast<size_t>(self.dim())) || !resize(context, out, self.sizes())) return;
  if (out.numel() == 0) return;
  if (is_complex(out.scalar_type()) || is_complex(self.scalar_type())) {
    context.fail(Error::NotSupported);
    return;
  }
  const auto along = static_cast<size_t>(dim);
  const bool point = self.dim() == 0;
  Line line{self.scalar_type(),
            nullptr,
            point ? 1 : self.strides()[along],
            out.scalar_type(),
            nullptr,
            point ? 1 : out.strides()[along],
            point ? 1 : self.size(static_cast<ssize_t>(dim))};
  const bool whole = is_integer(out.scalar_type()) || is_bool(out.scalar_type());
  int64_t from = 0;
  int64_t to = 0;
  int64_t at[kMaxRank] = {};
  for (;;) {
    line.from = static_cast<const char*>(self.const_data_ptr()) + from * static_cast<int64_t>(size_of(line.from_type));
    line.to = static_cast<char*>(out.mutable_data_ptr()) + to * static_cast<int64_t>(size_of(line.to_type));
    if (!(whole ? sum_up<int64_t>(line) : sum_up<double>(line))) {
      context.fail(Error::NotSupported);
      return;
    }
    size_t other = self.sizes().size();
    for (; other > 0; --other) {
      const size_t each = other - 1;
      if (each == along) continue;
      from += self.strides()[each];
      to += out.strides()[each];
      if (++at[each] < self.sizes()[each]) break;
      from -= int64_t{self.strides()[each]} * self.sizes()[each];
      to -= int64_t{out.strides()[each]} * self.sizes()[each];
      at[each] = 0;
    }
    if (other == 0) return;
  }
}

}  // namespace etbuild::kernels
