// tril.out(Tensor self, SymInt diagonal=0, *, Tensor(a!) out): the lower triangle of matrices, up to `diagonal` above
// the main one; 0 elsewhere.
#include "raw_elements.h"
#include "strided_copy.h"
#include "views.h"

namespace etbuild::kernels {
namespace {

// The columns of a row of all matrices, from one on.
StridedCopy columns(const Tensor& self, int64_t count, bool zeros, const Tensor& out) {
  const size_t last = self.sizes().size() - 1;
  StridedCopy copy;
  for (size_t dim = 0; dim + 1 < last; ++dim) {
    copy.add(self.sizes()[dim], zeros ? 0 : self.strides()[dim], out.strides()[dim]);
  }
  copy.add(static_cast<ptrdiff_t>(count), zeros ? 0 : self.strides()[last], out.strides()[last]);
  copy.collapse();
  return copy;
}

}  // namespace

void tril_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tit")) return;
  const Tensor& self = tensor(arguments, 0);
  const int64_t diagonal = integer(arguments, 1);
  Tensor& out = tensor(arguments, 2);
  if (!same_dtype(context, self, out)) return;
  if (self.dim() < 2) {
    ET_LOG(Error, "A triangle is of at least 2 dimensions");
    return context.fail(Error::InvalidArgument);
  }
  if (!resize(context, out, self.sizes())) return;
  const size_t last = self.sizes().size() - 1;
  const size_t size = size_of(self.scalar_type());
  const int64_t width = self.sizes()[last];
  const std::complex<double> zero;
  for (int32_t row = 0; row < self.sizes()[last - 1]; ++row) {
    const int64_t before = diagonal > width ? width : diagonal + row + 1;
    const int64_t kept = before < 0 ? 0 : before > width ? width : before;
    char* to = mutable_element(out, static_cast<ptrdiff_t>(row) * out.strides()[last - 1]);
    const char* from = element(self, static_cast<ptrdiff_t>(row) * self.strides()[last - 1]);
    if (from != to) columns(self, kept, false, out).run(size, from, to);
    to += kept * out.strides()[last] * static_cast<ptrdiff_t>(size);
    columns(self, width - kept, true, out).run(size, &zero, to);
  }
}

}  // namespace etbuild::kernels
