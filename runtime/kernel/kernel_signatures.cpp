#include "kernel_signatures.h"

#include <executorch/runtime/platform/compiler.h>

#include "kernel_lookup.h"
#include "prim_kernels.h"

namespace executorch::runtime::internal {

namespace {

constexpr uint16_t bit(Tag tag) { return static_cast<uint16_t>(1U << static_cast<unsigned>(tag)); }

struct Kind {
  char letter;
  uint16_t tags;
};

constexpr uint16_t kNone = bit(Tag::None);
constexpr uint16_t kScalar = bit(Tag::Int) | bit(Tag::Double) | bit(Tag::Bool);

constexpr Kind kKinds[] = {
    {'t', bit(Tag::Tensor)}, {'o', bit(Tag::Tensor) | kNone}, {'s', kScalar},
    {'i', kScalar},          {'l', bit(Tag::ListInt)},        {'d', kScalar},
    {'b', kScalar},          {'T', bit(Tag::ListTensor)},     {'O', bit(Tag::ListOptionalTensor)},
    {'z', bit(Tag::String)}, {'e', bit(Tag::ListDouble)},     {'c', bit(Tag::ListBool)},
};

}  // namespace

ET_WEAK Span<const KernelSignature> kernel_signatures() {
#if ET_HAS_PRIM_OPS && ET_REGISTRY_CAPACITY > 0
  return prim_signatures();  // On small machines they check themselves.
#else
  return {};
#endif
}

const char* find_signature(const char* name, const char* overload, Span<const KernelSignature> signatures) {
  for (const KernelSignature& signature : signatures) {
    if (is_named(signature.name, {name, overload})) return signature.arguments;
  }
  return nullptr;
}

bool takes(char letter, Tag tag) {
  if (letter == '*') return true;
  uint16_t also = 0;
  if (letter != 'T' && letter != 'O' && letter >= 'A' && letter <= 'Z') {
    letter = static_cast<char>(letter - 'A' + 'a');
    also = kNone;
  }
  for (const Kind& kind : kKinds) {
    if (kind.letter == letter) return (((kind.tags | also) >> static_cast<unsigned>(tag)) & 1U) != 0;
  }
  return false;
}

}  // namespace executorch::runtime::internal
