// Names of tags; it runs on the official library, too.

#include <executorch/runtime/core/tag.h>

#include <cstring>

#include "check.h"

namespace {

using executorch::runtime::kTagNameBufferSize;
using executorch::runtime::Tag;
using executorch::runtime::tag_to_string;

TEST(each_tag_has_its_name) {
  char text[kTagNameBufferSize];
#define CHECK_TAG(name)                                                      \
  CHECK(tag_to_string(Tag::name, text, sizeof(text)) == std::strlen(#name)); \
  CHECK(std::strcmp(text, #name) == 0);
  EXECUTORCH_FORALL_TAGS(CHECK_TAG)
#undef CHECK_TAG
  CHECK(tag_to_string(static_cast<Tag>(99), text, sizeof(text)) == std::strlen("Unknown"));
}

TEST(a_name_is_cut_to_the_buffer_and_its_length_told) {
  char text[] = "########";
  CHECK(tag_to_string(Tag::Tensor, text, 0) == 6);
  CHECK(text[0] == '#');
  CHECK(tag_to_string(Tag::Tensor, text, 3) == 6);
  CHECK(std::strcmp(text, "Te") == 0);
  CHECK(tag_to_string(Tag::Tensor, text, 7) == 6);
  CHECK(std::strcmp(text, "Tensor") == 0);
}

}  // namespace

TEST_MAIN()
