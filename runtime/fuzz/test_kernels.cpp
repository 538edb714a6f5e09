#include "test_kernels.h"

#include <executorch/runtime/core/exec_aten/util/tensor_util.h>
#include <executorch/runtime/kernel/kernel_runtime_context.h>

#include <algorithm>
#include <cstring>
#include <iterator>

#include "kernel_signatures.h"
#include "prim_kernels.h"
#include "touch.h"

namespace etbuild::testing {
namespace {

using executorch::aten::ArrayRef;
using executorch::aten::ScalarType;
using executorch::aten::Tensor;
using executorch::runtime::Error;
using executorch::runtime::EValue;
using executorch::runtime::Kernel;
using executorch::runtime::KernelKey;
using executorch::runtime::KernelRuntimeContext;
using executorch::runtime::Span;
using executorch::runtime::internal::KernelSignature;

bool is_float(const Tensor& tensor) { return tensor.scalar_type() == ScalarType::Float; }

// Gives `out` the sizes of `like`.
bool resize_like(KernelRuntimeContext& context, const Tensor& out, ArrayRef<executorch::aten::SizesType> sizes) {
  const Error error = executorch::runtime::resize_tensor(out, sizes);
  if (error != Error::Ok) context.fail(error);
  return error == Error::Ok;
}

// add.out(self, other, alpha, out)
void add(KernelRuntimeContext& context, Span<EValue*> args) {
  const Tensor& a = args[0]->toTensor();
  const Tensor& b = args[1]->toTensor();
  const Tensor& out = args[3]->toTensor();
  const EValue& scale = *args[2];
  if (!is_float(a) || !is_float(b) || !is_float(out) || a.numel() != b.numel()) {
    return context.fail(Error::InvalidArgument);
  }
  if (!resize_like(context, out, a.sizes())) return;
  const float alpha = scale.isInt() ? static_cast<float>(scale.toInt()) : static_cast<float>(scale.isDouble());
  for (ssize_t i = 0; i < a.numel(); ++i) {
    out.mutable_data_ptr<float>()[i] = a.const_data_ptr<float>()[i] + alpha * b.const_data_ptr<float>()[i];
  }
}

// lt.Scalar_out(self, other, out)
void less(KernelRuntimeContext& context, Span<EValue*> args) {
  const Tensor& a = args[0]->toTensor();
  const Tensor& out = args[2]->toTensor();
  if (!is_float(a) || out.scalar_type() != ScalarType::Bool) return context.fail(Error::InvalidArgument);
  if (!resize_like(context, out, a.sizes())) return;
  for (ssize_t i = 0; i < a.numel(); ++i) {
    out.mutable_data_ptr<uint8_t>()[i] = a.const_data_ptr<float>()[i] < 0.5F ? 1 : 0;
  }
}

// relu.out(self, out), by way of temporary memory.
void relu(KernelRuntimeContext& context, Span<EValue*> args) {
  const Tensor& in = args[0]->toTensor();
  const Tensor& out = args[1]->toTensor();
  if (!is_float(in) || !is_float(out)) return context.fail(Error::InvalidArgument);
  if (!resize_like(context, out, in.sizes())) return;
  const auto room = context.allocate_temp(in.nbytes());
  if (!room.ok()) return context.fail(room.error());
  auto* temporary = static_cast<float*>(*room);
  for (ssize_t i = 0; i < in.numel(); ++i) {
    const float value = in.const_data_ptr<float>()[i];
    temporary[i] = value > 0 ? value : 0;
  }
  if (in.numel() != 0) std::memcpy(out.mutable_data_ptr(), temporary, in.nbytes());
}

// cat.out(tensors, dim, out), of vectors laid end to end.
void cat(KernelRuntimeContext& context, Span<EValue*> args) {
  const auto list = args[0]->toTensorList();
  if (!args[1]->isInt()) return context.fail(Error::InvalidType);
  const Tensor& out = args[2]->toTensor();
  size_t at = 0;
  for (const Tensor& tensor : list) {
    if (tensor.scalar_type() != out.scalar_type() || tensor.nbytes() > out.nbytes() - at) {
      return context.fail(Error::InvalidArgument);
    }
    if (tensor.nbytes() != 0) {
      std::memmove(static_cast<uint8_t*>(out.mutable_data_ptr()) + at, tensor.const_data_ptr(), tensor.nbytes());
    }
    at += tensor.nbytes();
  }
}

void touch_all(KernelRuntimeContext& context, Span<EValue*> args) {
  (void)context;
  for (const EValue* value : args) touch(*value);
}

constexpr KernelSignature kSignatures[] = {
    {"aten::add.out", "ttstt"},
    {"aten::cat.out", "Titt"},
    {"aten::lt.Scalar_out", "tstt"},
    {"aten::relu.out", "ttt"},
};

constexpr size_t kOwn = 6;
constexpr size_t kPrim = 28;
Kernel kernels[kOwn + kPrim];
KernelSignature signatures[std::size(kSignatures) + kPrim];

}  // namespace

Span<const Kernel> test_kernels() {
  if (kernels[0].name_ != nullptr) return kernels;
  kernels[0] = Kernel("aten::add.out", add);
  kernels[1] = Kernel("aten::cat.out", cat);
  kernels[2] = Kernel("aten::lt.Scalar_out", less);
  kernels[3] = Kernel("aten::relu.out", relu);
  kernels[4] = Kernel("test::touch", touch_all);
  kernels[5] = Kernel("aten::relu.out", KernelKey("v1/6;0,1|6;0,1|6;0,1"), relu);
  size_t count = kOwn;
  for (const Kernel& kernel : executorch::runtime::internal::prim_kernels()) kernels[count++] = kernel;
  return {kernels, count};  // All of them.
}

}  // namespace etbuild::testing

namespace executorch::runtime::internal {

// Instead of the runtime's own, which knows the prim operators alone.
Span<const KernelSignature> kernel_signatures() {
  using etbuild::testing::kSignatures;
  using etbuild::testing::signatures;
  if (signatures[0].name != nullptr) return signatures;
  size_t count = 0;
  for (const KernelSignature& each : kSignatures) signatures[count++] = each;
  for (const KernelSignature& each : prim_signatures()) signatures[count++] = each;
  std::sort(signatures, signatures + count,
            [](const KernelSignature& a, const KernelSignature& b) { return std::strcmp(a.name, b.name) < 0; });
  return {signatures, count};
}

}  // namespace executorch::runtime::internal
