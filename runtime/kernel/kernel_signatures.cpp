#include "kernel_signatures.h"

#include <executorch/runtime/platform/compiler.h>

#include <cstring>

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

// -1, 0, 1 as `full` is less than, equal to or more than "name" or "name.overload".
int compare(const char* full, const char* name, const char* overload) {
  const size_t length = std::strlen(name);
  const int order = std::strncmp(full, name, length);
  if (order != 0) return order;
  full += length;
  if (overload == nullptr || *overload == '\0') return *full == '\0' ? 0 : 1;
  if (*full != '.') return *full < '.' ? -1 : 1;
  return std::strcmp(full + 1, overload);
}

}  // namespace

ET_WEAK Span<const KernelSignature> kernel_signatures() {
#if ET_HAS_PRIM_OPS
  return prim_signatures();
#else
  return {};
#endif
}

const char* find_signature(const char* name, const char* overload, Span<const KernelSignature> signatures) {
  size_t begin = 0;
  size_t end = signatures.size();
  while (begin < end) {
    const size_t middle = begin + (end - begin) / 2;
    const int order = compare(signatures[middle].name, name, overload);
    if (order == 0) return signatures[middle].arguments;
    if (order < 0) {
      begin = middle + 1;
    } else {
      end = middle;
    }
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
