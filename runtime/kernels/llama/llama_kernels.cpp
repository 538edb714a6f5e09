#include "llama_kernels.h"

#include <cstring>

#include "op_custom_sdpa.h"
#include "op_update_cache.h"

namespace etbuild::kernels::llama {
namespace {

using executorch::aten::Tensor;
using executorch::runtime::Error;
using executorch::runtime::EValue;
using executorch::runtime::Kernel;
using executorch::runtime::KernelRuntimeContext;
using executorch::runtime::Span;

// A program says what it passes; an EValue of another tag would abort when it is read, so look first.
bool are_tensors(Span<EValue*> values, std::initializer_list<size_t> indices) {
  for (size_t index : indices) {
    if (!values[index]->isTensor()) return false;
  }
  return true;
}

void boxed_custom_sdpa(KernelRuntimeContext& context, Span<EValue*> values) {
  if (values.size() < 9 || !are_tensors(values, {0, 1, 2, 8}) || !values[3]->isInt() ||
      !(values[4]->isNone() || values[4]->isTensor()) || !values[5]->isDouble() || !values[6]->isBool() ||
      !(values[7]->isNone() || values[7]->isDouble())) {
    ET_LOG(Error, "llama::custom_sdpa.out: arguments of other types than its schema's");
    context.fail(Error::InvalidArgument);
    return;
  }
  custom_sdpa_out(context, values[0]->toTensor(), values[1]->toTensor(), values[2]->toTensor(), values[3]->toInt(),
                  values[4]->toOptional<Tensor>(), values[5]->toDouble(), values[6]->toBool(),
                  values[7]->toOptional<double>(), values[8]->toTensor());
}

void boxed_update_cache(KernelRuntimeContext& context, Span<EValue*> values) {
  if (values.size() < 4 || !are_tensors(values, {0, 1, 3}) || !values[2]->isInt()) {
    ET_LOG(Error, "llama::update_cache.out: arguments of other types than its schema's");
    context.fail(Error::InvalidArgument);
    return;
  }
  update_cache_out(context, values[0]->toTensor(), values[1]->toTensor(), values[2]->toInt(), values[3]->toTensor());
}

constexpr const char* kCustomSdpa = "llama::custom_sdpa.out";
constexpr const char* kUpdateCache = "llama::update_cache.out";

constexpr Kernel kKernels[] = {Kernel(kCustomSdpa, boxed_custom_sdpa), Kernel(kUpdateCache, boxed_update_cache)};

// Looks without a word: registry_has_op_function() would log an error for what is not there yet.
bool is_registered(const char* name) {
  for (const Kernel& kernel : executorch::runtime::get_registered_kernels()) {
    if (strcmp(kernel.name_, name) == 0) return true;
  }
  return false;
}

}  // namespace

Span<const Kernel> llama_kernels() { return {kKernels, sizeof(kKernels) / sizeof(kKernels[0])}; }

Error register_llama_kernels() {
  for (const Kernel& kernel : kKernels) {
    if (is_registered(kernel.name_)) continue;
    const Error error = executorch::runtime::register_kernel(kernel);
    if (error != Error::Ok) return error;
  }
  return Error::Ok;
}

}  // namespace etbuild::kernels::llama
