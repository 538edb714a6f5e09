// roll.out(Tensor self, SymInt[1] shifts, int[1] dims=[], *, Tensor(a!) out): moved along dimensions, what leaves at
// one end comes in at the other; without dimensions: in the order of its indices.
#include <cstring>

#include "coordinates.h"
#include "raw_elements.h"
#include "strided_copy.h"
#include "views.h"

namespace etbuild::kernels {
namespace {

// How far that moves, forwards, within a size that is not 0.
int64_t distance(int64_t shift, int64_t size) {
  const int64_t rest = shift % size;
  return rest < 0 ? rest + size : rest;
}

void roll_flat(const Tensor& self, int64_t shift, const Tensor& out) {
  const size_t size = size_of(self.scalar_type());
  Coordinates from(self.sizes());
  Coordinates to(out.sizes());
  for (int64_t at = distance(shift, self.numel()); at > 0; --at) to.next();
  do {
    std::memcpy(mutable_element(out, to.offset(out)), element(self, from.offset(self)), size);
    to.next();
  } while (from.next());
}

// Copies the pieces into which the tensor is cut: two along each dimension that moves.
void roll(const Tensor& self, const int64_t* distances, const Tensor& out) {
  const size_t rank = self.sizes().size();
  const size_t size = size_of(self.scalar_type());
  for (uint32_t piece = 0; piece < 1U << rank; ++piece) {
    StridedCopy copy;
    ptrdiff_t from = 0;
    ptrdiff_t to = 0;
    bool exists = true;
    for (size_t dim = 0; dim < rank; ++dim) {
      const auto far = static_cast<ptrdiff_t>(distances[dim]);
      const ptrdiff_t rest = self.sizes()[dim] - far;
      const bool wraps = ((piece >> dim) & 1U) != 0;
      exists = exists && (far > 0 || !wraps);
      copy.add(wraps ? far : rest, self.strides()[dim], out.strides()[dim]);
      (wraps ? from : to) += wraps ? rest * self.strides()[dim] : far * out.strides()[dim];
    }
    if (!exists) continue;
    copy.collapse();
    copy.run(size, element(self, from), mutable_element(out, to));
  }
}

}  // namespace

void roll_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tllt")) return;
  const Tensor& self = tensor(arguments, 0);
  const auto shifts = integers(arguments, 1);
  const auto dims = integers(arguments, 2);
  Tensor& out = tensor(arguments, 3);
  if (!same_dtype(context, self, out) || !resize(context, out, self.sizes())) return;
  const bool flat = dims.empty() && shifts.size() == 1;
  if (!flat && (shifts.empty() || shifts.size() != dims.size())) {
    ET_LOG(Error, "There must be as many shifts as dimensions, are %zu and %zu", shifts.size(), dims.size());
    return context.fail(Error::InvalidArgument);
  }
  if (self.numel() == 0) return;
  if (flat) return roll_flat(self, shifts[0], out);
  int64_t distances[kMaxRank] = {};
  for (size_t index = 0; index < dims.size(); ++index) {
    int64_t dim = dims[index];
    if (!wrap_index(context, dim, self.dim())) return;
    distances[dim] = distance(distances[dim] + distance(shifts[index], size_at(self, dim)), size_at(self, dim));
  }
  roll(self, distances, out);
}

}  // namespace etbuild::kernels
