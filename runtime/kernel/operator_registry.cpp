// The global registry: what apps register, behind the prim operators. ET_REGISTRY_CAPACITY kernels; with 0 there are
// the prim operators only, and programs get their kernels by load_method(…, kernel_registry).

#include <executorch/runtime/kernel/operator_registry.h>
#include <executorch/runtime/platform/assert.h>

#include <cstring>

#include "kernel_lookup.h"
#include "prim_kernels.h"

namespace executorch::runtime {

namespace {

Span<const Kernel> built_in_kernels() {
#if ET_HAS_PRIM_OPS
  return internal::prim_kernels();
#else
  return {};
#endif
}

#if ET_REGISTRY_CAPACITY > 0

Kernel registered[ET_REGISTRY_CAPACITY];
size_t registered_count = 0;

bool add_built_in_kernels() {
  for (const Kernel& kernel : built_in_kernels()) registered[registered_count++] = kernel;
  return true;
}

// A local static: whoever comes first fills it, on any thread, and nothing runs before main().
void ensure_built_in_kernels() {
  static const bool added = add_built_in_kernels();
  static_cast<void>(added);
}

bool is_same_key(const Kernel& one, const Kernel& other) {
  return std::strcmp(one.name_, other.name_) == 0 && one.kernel_key_ == other.kernel_key_;
}

Error add_kernels(Span<const Kernel> kernels) {
  ensure_built_in_kernels();
  ET_CHECK_OR_RETURN_ERROR(kernels.size() <= ET_REGISTRY_CAPACITY - registered_count, RegistrationExceedingMaxKernels,
                           "The registry holds %zu of at most %d kernels: no room for %zu more", registered_count,
                           ET_REGISTRY_CAPACITY, kernels.size());
  for (const Kernel& kernel : kernels) {
    ET_CHECK_OR_RETURN_ERROR(kernel.name_ != nullptr, InvalidArgument, "A kernel has no name");
    size_t at = 0;
    while (at < registered_count && !is_same_key(registered[at], kernel)) ++at;
    // An image's table names those that are built in, too.
    if (at < registered_count && registered[at].op_ == kernel.op_) continue;
    ET_CHECK_OR_RETURN_ERROR(at == registered_count, RegistrationAlreadyRegistered, "Re-registering %s, key %s",
                             kernel.name_,
                             kernel.kernel_key_.is_fallback() ? "of the fallback" : kernel.kernel_key_.data());
    registered[registered_count++] = kernel;
  }
  return Error::Ok;
}

#else

Error add_kernels(Span<const Kernel> kernels) {
  return kernels.empty() ? Error::Ok : Error::RegistrationExceedingMaxKernels;
}

#endif

}  // namespace

namespace internal {

namespace {

// Text in a buffer of fixed size, which knows whether all fitted.
class KeyText {
 public:
  KeyText(char* buf, size_t size) : at_(buf), end_(buf + size) {}

  void put(char c) {
    if (at_ == end_) {
      is_complete_ = false;
    } else {
      *at_++ = c;
    }
  }

  // Keys have numbers of up to two digits.
  void put_number(unsigned value) {
    if (value >= 100) is_complete_ = false;
    if (value >= 10) put(static_cast<char>('0' + value / 10 % 10));
    put(static_cast<char>('0' + value % 10));
  }

  bool is_complete() const { return is_complete_; }

 private:
  char* at_;
  char* const end_;
  bool is_complete_ = true;
};

}  // namespace

Error make_kernel_key_string(Span<const TensorMeta> key, char* buf, size_t buf_size) {
  KeyText text(buf, buf_size);
  const char* separator = "v1/";
  for (const TensorMeta& meta : key) {
    while (*separator != '\0') text.put(*separator++);
    separator = "|";
    text.put_number(static_cast<uint8_t>(meta.dtype_));
    text.put(';');
    for (size_t i = 0; i < meta.dim_order_.size(); ++i) {
      if (i != 0) text.put(',');
      text.put_number(meta.dim_order_[i]);
    }
  }
  text.put('\0');
  return text.is_complete() ? Error::Ok : Error::InvalidArgument;
}

KernelMatch find_registered_kernel(const OperatorName& name, const Span<const TensorMeta>& metas) {
#if ET_REGISTRY_CAPACITY == 0 && ET_HAS_PRIM_OPS
  static_cast<void>(metas);
  return {find_prim_op(name), false};
#else
  return find_kernel(name, metas, get_registered_kernels());
#endif
}

}  // namespace internal

Error register_kernels(const Span<const Kernel> kernels) {
  const Error error = add_kernels(kernels);
  // As the header says; it runs before main(), where nobody would look at the error.
  ET_CHECK_MSG(error == Error::Ok, "Kernels cannot be registered: error %u", static_cast<unsigned>(error));
  return error;
}

Span<const Kernel> get_registered_kernels() {
#if ET_REGISTRY_CAPACITY > 0
  ensure_built_in_kernels();
  return {registered, registered_count};
#else
  return built_in_kernels();
#endif
}

Result<OpFunction> get_op_function_from_registry(const char* name, Span<const TensorMeta> meta_list,
                                                 Span<const Kernel> kernel_list) {
  const OpFunction function = internal::find_kernel({name, nullptr}, meta_list, kernel_list).function;
  ET_CHECK_OR_RETURN_ERROR(function != nullptr, OperatorMissing, "kernel '%s' not found.", name);
  return function;
}

Result<OpFunction> get_op_function_from_registry(const char* name, Span<const TensorMeta> meta_list) {
  return get_op_function_from_registry(name, meta_list, get_registered_kernels());
}

bool registry_has_op_function(const char* name, Span<const TensorMeta> meta_list) {
  return get_op_function_from_registry(name, meta_list).ok();
}

}  // namespace executorch::runtime
