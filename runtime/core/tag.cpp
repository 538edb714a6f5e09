// Names of the kinds of values, for messages.

#include <executorch/runtime/core/tag.h>

#include <cstdio>

namespace executorch::runtime {

size_t tag_to_string(Tag tag, char* buffer, size_t buffer_size) {
#if ET_ENABLE_ENUM_STRINGS
  const int length = std::snprintf(buffer, buffer_size, "%s", tag_to_string(tag));
#else
  const int length = std::snprintf(buffer, buffer_size, "%u", static_cast<unsigned>(tag));
#endif
  return length < 0 ? 0 : static_cast<size_t>(length);
}

}  // namespace executorch::runtime
