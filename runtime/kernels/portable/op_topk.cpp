// topk.values(Tensor self, int k, int dim=-1, bool largest=True, bool sorted=True, *, Tensor(a!) values, Tensor(b!)
// indices): the k largest or least elements along the dimension and where they are, always sorted, the first of equals
// first; NaN is largest.
#include <executorch/runtime/platform/log.h>

#include <algorithm>

#include "convert.h"
#include "lines.h"

namespace etbuild::kernels {
namespace {

constexpr int64_t kAtOnce = 64;

// An element, widened to int64_t or double.
template <typename Wide>
struct Placed {
  Wide value;
  int64_t place;
};

template <typename Wide>
struct ComesFirst {
  bool operator()(const Placed<Wide>& left, const Placed<Wide>& right) const {
    const bool left_nan = left.value != left.value;
    const bool right_nan = right.value != right.value;
    if (left_nan != right_nan) return left_nan == largest;
    if (!left_nan && left.value != right.value) return (left.value > right.value) == largest;
    return left.place < right.place;
  }
  bool largest;
};

// Finds the first `k` of a line. The heap's top is the last of those that have been found.
template <typename Wide>
bool find(const Tensor& self, const Lines& lines, int64_t start, Placed<Wide>* heap, int64_t k, bool largest) {
  const ComesFirst<Wide> first{largest};
  const auto size = static_cast<int64_t>(size_of(self.scalar_type()));
  const char* from = static_cast<const char*>(self.const_data_ptr()) + start * size;
  int64_t found = 0;
  for (int64_t at = 0; at < lines.length; at += kAtOnce) {
    Wide values[kAtOnce];
    const int64_t now = lines.length - at < kAtOnce ? lines.length - at : kAtOnce;
    const char* part = from + at * lines.step * size;
    if (!convert(self.scalar_type(), part, lines.step, dtype_of<Wide>(), values, now)) return false;
    for (int64_t each = 0; each < now; ++each) {
      const Placed<Wide> placed{values[each], at + each};
      if (found < k) {
        heap[found++] = placed;
        std::push_heap(heap, heap + found, first);
      } else if (k > 0 && first(placed, heap[0])) {
        std::pop_heap(heap, heap + k, first);
        heap[k - 1] = placed;
        std::push_heap(heap, heap + k, first);
      }
    }
  }
  std::sort_heap(heap, heap + k, first);
  return true;
}

template <typename Wide>
bool topk(KernelRuntimeContext& context, Arguments arguments, int64_t k, int64_t dim) {
  const Tensor& self = tensor(arguments, 0);
  Tensor& values = tensor(arguments, 5);
  Tensor& indices = tensor(arguments, 6);
  const auto memory = context.allocate_temp(static_cast<size_t>(k > 0 ? k : 1) * sizeof(Placed<Wide>));
  if (!memory.ok()) return refuse(context, Error::MemoryAllocationFailed);
  auto* heap = static_cast<Placed<Wide>*>(*memory);
  const Lines lines(self, dim);
  const Lines value_lines(values, dim);
  const Lines index_lines(indices, dim);
  const auto size = static_cast<int64_t>(size_of(values.scalar_type()));
  for (int64_t line = 0; line < lines.count; ++line) {
    if (!find(self, lines, lines.start(line), heap, k, boolean(arguments, 3)))
      return refuse(context, Error::NotSupported);
    char* to = static_cast<char*>(values.mutable_data_ptr()) + value_lines.start(line) * size;
    auto* places = static_cast<int64_t*>(indices.mutable_data_ptr()) + index_lines.start(line);
    for (int64_t each = 0; each < k; ++each) {
      convert(dtype_of<Wide>(), &heap[each].value, 1, values.scalar_type(), to + each * value_lines.step * size, 1);
      places[each * index_lines.step] = heap[each].place;
    }
  }
  return true;
}

}  // namespace

void topk_values(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tiibbtt")) return;
  const Tensor& self = tensor(arguments, 0);
  const int64_t k = integer(arguments, 1);
  int64_t dim = integer(arguments, 2);
  if (!wrap_dimension(context, dim, static_cast<size_t>(self.dim()))) return;
  Shape shape;
  for (const int32_t size : self.sizes()) shape.sizes[shape.rank++] = size;
  const int64_t length = shape.rank == 0 ? 1 : shape.sizes[dim];
  const ScalarType type = tensor(arguments, 5).scalar_type();
  if (k < 0 || k > length || type != self.scalar_type() || tensor(arguments, 6).scalar_type() != ScalarType::Long) {
    ET_LOG(Error, "topk takes up to %d elements of a dimension, and places as int64", static_cast<int>(length));
    context.fail(Error::InvalidArgument);
    return;
  }
  if (shape.rank > 0) shape.sizes[dim] = static_cast<int32_t>(k);
  if (!resize(context, tensor(arguments, 5), shape.view()) || !resize(context, tensor(arguments, 6), shape.view()))
    return;
  if (tensor(arguments, 5).numel() == 0) return;
  if (is_floating(type)) {
    topk<double>(context, arguments, k, dim);
  } else if (is_integer(type)) {
    topk<int64_t>(context, arguments, k, dim);
  } else {
    context.fail(Error::NotSupported);
  }
}

}  // namespace etbuild::kernels
