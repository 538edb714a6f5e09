// Prim operators on tensors: their sizes, a value of one, views, and rows written by `map` and `scan`.

#include <executorch/runtime/core/exec_aten/util/tensor_dimension_limit.h>

#include <cstring>

#include "prim_ops.h"
#include "tensor_resizer.h"

namespace executorch::runtime::prim_ops {

namespace {

using Payload = EValue::Payload::TriviallyCopyablePayload;
using etensor::ScalarType;
using etensor::TensorImpl;
using internal::TensorResizerFriend;

// The tensor behind an argument; null if there is none, and then the call has failed.
TensorImpl* tensor_of(KernelRuntimeContext& ctx, const EValue& value) {
  TensorImpl* tensor = value.isTensor() ? value.payload.as_tensor.unsafeGetTensorImpl() : nullptr;
  if (tensor == nullptr) ctx.fail(Error::InvalidType);
  return tensor;
}

void set_int(KernelRuntimeContext& ctx, EValue& out, int64_t value) {
  Payload payload;
  payload.as_int = value;
  set_result(ctx, out, Tag::Int, payload);
}

template <typename Element>
Element load(const void* data) {
  Element element;
  std::memcpy(&element, data, sizeof(element));
  return element;
}

// Writes the sizes that a view asks for, one of which may be -1; false if they cannot be meant.
bool resolve_sizes(ArrayRef<int64_t> wanted, ssize_t numel, TensorImpl::SizesType* sizes) {
  ssize_t known = 1;
  TensorImpl::SizesType* open = nullptr;
  for (size_t i = 0; i < wanted.size(); ++i) {
    const auto size = static_cast<TensorImpl::SizesType>(wanted[i]);
    if (size != wanted[i] || size < -1 || (size == -1 && open != nullptr)) return false;
    sizes[i] = size;
    if (size == -1) {
      open = &sizes[i];
    } else if (__builtin_mul_overflow(known, static_cast<ssize_t>(size), &known)) {
      return false;
    }
  }
  if (open == nullptr) return true;
  if (known == 0 || numel / known > INT32_MAX) return false;
  *open = static_cast<TensorImpl::SizesType>(numel / known);
  return true;
}

}  // namespace

void sym_size_int(KernelRuntimeContext& ctx, Span<EValue*> args) {
  if (!has_arguments(ctx, args.size(), 3)) return;
  const TensorImpl* tensor = tensor_of(ctx, *args[0]);
  if (tensor == nullptr) return;
  if (!args[1]->isInt()) return ctx.fail(Error::InvalidType);
  const int64_t dim = args[1]->payload.copyable_union.as_int;
  if (dim < 0 || dim >= tensor->dim()) return ctx.fail(Error::InvalidArgument);
  set_int(ctx, *args[2], tensor->sizes()[static_cast<size_t>(dim)]);
}

void sym_numel(KernelRuntimeContext& ctx, Span<EValue*> args) {
  if (!has_arguments(ctx, args.size(), 2)) return;
  const TensorImpl* tensor = tensor_of(ctx, *args[0]);
  if (tensor != nullptr) set_int(ctx, *args[1], tensor->numel());
}

void local_scalar_dense(KernelRuntimeContext& ctx, Span<EValue*> args) {
  if (!has_arguments(ctx, args.size(), 2)) return;
  const TensorImpl* tensor = tensor_of(ctx, *args[0]);
  if (tensor == nullptr) return;
  const void* data = tensor->data();
  if (tensor->numel() < 1 || data == nullptr) return ctx.fail(Error::InvalidArgument);

  Tag tag = Tag::Int;
  Payload payload;
  switch (tensor->scalar_type()) {
    case ScalarType::Byte:
      payload.as_int = load<uint8_t>(data);
      break;
    case ScalarType::Char:
      payload.as_int = int64_t{load<int8_t>(data)};
      break;
    case ScalarType::Short:
      payload.as_int = load<int16_t>(data);
      break;
    case ScalarType::Int:
      payload.as_int = load<int32_t>(data);
      break;
    case ScalarType::Long:
      payload.as_int = load<int64_t>(data);
      break;
    case ScalarType::Float:
      tag = Tag::Double;
      payload.as_double = static_cast<double>(load<float>(data));
      break;
    case ScalarType::Double:
      tag = Tag::Double;
      payload.as_double = load<double>(data);
      break;
    case ScalarType::Bool:
      tag = Tag::Bool;
      payload.as_bool = load<uint8_t>(data) != 0;
      break;
    default:
      return ctx.fail(Error::InvalidArgument);
  }
  set_result(ctx, *args[1], tag, payload);
}

void et_view_default(KernelRuntimeContext& ctx, Span<EValue*> args) {
  if (!has_arguments(ctx, args.size(), 3)) return;
  const TensorImpl* self = tensor_of(ctx, *args[0]);
  TensorImpl* out = tensor_of(ctx, *args[2]);
  if (self == nullptr || out == nullptr) return;
  const Result<ArrayRef<int64_t>> wanted = args[1]->tryToIntList();
  if (!wanted.ok()) return ctx.fail(Error::InvalidType);

  TensorImpl::SizesType sizes[kTensorDimensionLimit];
  const size_t dim = wanted->size();
  if (dim > kTensorDimensionLimit || static_cast<ssize_t>(dim) != out->dim() ||
      self->scalar_type() != out->scalar_type() || !resolve_sizes(*wanted, self->numel(), sizes)) {
    return ctx.fail(Error::InvalidArgument);
  }
  // It gets self's memory, so it can grow as far as that, be it more than in its own memory or less.
  if (out->shape_dynamism() != TensorShapeDynamism::STATIC) {
    TensorResizerFriend::set_bound(*out, TensorResizerFriend::bound(*self));
  }
  if (TensorResizerFriend::resize(out, {sizes, dim}) != Error::Ok) return ctx.fail(Error::Internal);
  if (out->numel() != self->numel()) return ctx.fail(Error::InvalidArgument);
  out->set_data(self->mutable_data());
}

void et_copy_index_tensor(KernelRuntimeContext& ctx, Span<EValue*> args) {
  if (!has_arguments(ctx, args.size(), 3)) return;
  TensorImpl* out = tensor_of(ctx, *args[0]);
  const TensorImpl* row = tensor_of(ctx, *args[1]);
  if (out == nullptr || row == nullptr) return;
  if (!args[2]->isInt()) return ctx.fail(Error::InvalidType);
  const int64_t index = args[2]->payload.copyable_union.as_int;

  const auto dim = static_cast<size_t>(out->dim());
  const auto row_dim = static_cast<size_t>(row->dim());
  if (static_cast<uint64_t>(index) >= INT32_MAX || dim > kTensorDimensionLimit || row_dim + 1 != dim ||
      row->scalar_type() != out->scalar_type()) {
    return ctx.fail(Error::InvalidArgument);
  }
  TensorImpl::SizesType sizes[kTensorDimensionLimit];
  sizes[0] = static_cast<TensorImpl::SizesType>(index + 1);
  for (size_t i = 0; i < row_dim; ++i) {
    sizes[i + 1] = row->sizes()[i];
    if (sizes[i + 1] != out->sizes()[i + 1]) return ctx.fail(Error::InvalidArgument);
  }
  if (TensorResizerFriend::resize(out, {sizes, dim}) != Error::Ok) return ctx.fail(Error::InvalidState);

  const size_t nbytes = row->nbytes();
  if (nbytes == 0) return;
  if (row->data() == nullptr || out->data() == nullptr) return ctx.fail(Error::InvalidArgument);
  std::memmove(static_cast<char*>(out->mutable_data()) + static_cast<size_t>(index) * nbytes, row->data(), nbytes);
}

}  // namespace executorch::runtime::prim_ops
