#include "kernel_lookup.h"

#include <cstring>

namespace executorch::runtime::internal {

bool is_named(const char* kernel_name, const OperatorName& name) {
  if (kernel_name == nullptr) return false;
  const size_t length = std::strlen(name.name);
  if (std::strncmp(kernel_name, name.name, length) != 0) return false;
  const char* rest = kernel_name + length;
  if (name.overload == nullptr || *name.overload == '\0') return *rest == '\0';
  return *rest == '.' && std::strcmp(rest + 1, name.overload) == 0;
}

namespace {

// Whether `key` goes on with `value` in decimal digits and a character that ends it; moves `key` behind the digits.
bool take_number(const char*& key, unsigned value) {
  unsigned scale = 1;
  while (value / scale >= 10) scale *= 10;
  for (; scale != 0; scale /= 10) {
    if (*key != static_cast<char>('0' + value / scale % 10)) return false;
    ++key;
  }
  return true;
}

// Whether `key` is the text that make_kernel_key_string() gives, without making it.
bool is_key_of(const char* key, const Span<const TensorMeta>& metas) {
  if (metas.empty() || std::strncmp(key, "v1/", 3) != 0) return false;
  key += 2;
  for (const TensorMeta& meta : metas) {
    ++key;  // '/' the first time, then '|', which the end of the last round has seen.
    if (!take_number(key, static_cast<uint8_t>(meta.dtype_)) || *key++ != ';') return false;
    for (size_t i = 0; i < meta.dim_order_.size(); ++i) {
      if (i != 0 && *key++ != ',') return false;
      if (!take_number(key, meta.dim_order_[i])) return false;
    }
    if (*key != (&meta + 1 == metas.end() ? '\0' : '|')) return false;
  }
  return true;
}

}  // namespace

KernelMatch find_kernel(const OperatorName& name, const Span<const TensorMeta>& metas,
                        const Span<const Kernel>& kernels) {
  KernelMatch match;
  for (const Kernel& kernel : kernels) {
    if (!is_named(kernel.name_, name)) continue;
    if (kernel.kernel_key_.is_fallback()) {
      match.function = kernel.op_;
      continue;
    }
    match.has_specialized = true;
    if (is_key_of(kernel.kernel_key_.data(), metas)) {
      match.function = kernel.op_;
      break;
    }
  }
  return match;
}

}  // namespace executorch::runtime::internal
