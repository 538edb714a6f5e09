// index_put.out(Tensor self, Tensor?[] indices, Tensor values, bool accumulate=False, *, Tensor(a!) out): self, but
// with out[indices] = values, which are broadcast; or added to what is there.
// index_put_(Tensor(a!) self, Tensor?[] indices, Tensor values, bool accumulate=False): the same in place.
#include "indexing.h"
#include "raw_elements.h"
#include "views.h"

namespace etbuild::kernels {
namespace {

bool broadcasts_to(const Tensor& values, const Shape& shape) {
  Shape joint = shape;
  return values.sizes().size() <= shape.rank && broadcast(joint, values.sizes()) && same(joint.view(), shape.view());
}

void put(KernelRuntimeContext& context, Arguments arguments, const Tensor& out) {
  const Tensor& values = tensor(arguments, 2);
  Indexing indexing;
  if (!indexing.plan(context, out, optional_tensors(arguments, 1))) return;
  if (!broadcasts_to(values, indexing.shape())) {
    ET_LOG(Error, "The values do not broadcast to what is indexed");
    return context.fail(Error::InvalidArgument);
  }
  const StridedCopy piece = indexing.to_self(values);
  const bool adds = boolean(arguments, 3);
  const ScalarType type = out.scalar_type();
  while (indexing.next(context, values)) {
    const char* from = element(values, indexing.other_offset());
    char* to = mutable_element(out, indexing.self_offset());
    if (!adds) {
      piece.run(size_of(type), from, to);
    } else if (!piece.add_up(type, from, to)) {
      ET_LOG(Error, "Elements of dtype %d cannot be added", static_cast<int>(type));
      return context.fail(Error::NotSupported);
    }
  }
}

}  // namespace

void index_put_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tOtbt")) return;
  const Tensor& self = tensor(arguments, 0);
  Tensor& out = tensor(arguments, 4);
  if (!same_dtype(context, self, tensor(arguments, 2)) || !copy_same(context, self, out)) return;
  put(context, arguments, out);
}

void index_put_(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tOtb")) return;
  const Tensor& self = tensor(arguments, 0);
  if (same_dtype(context, self, tensor(arguments, 2))) put(context, arguments, self);
}

}  // namespace etbuild::kernels
