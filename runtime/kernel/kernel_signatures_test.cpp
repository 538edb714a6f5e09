#include "kernel_signatures.h"

#include <cstring>

#include "check.h"

namespace {

using executorch::runtime::Span;
using executorch::runtime::Tag;
using executorch::runtime::internal::find_signature;
using executorch::runtime::internal::kernel_signatures;
using executorch::runtime::internal::KernelSignature;
using executorch::runtime::internal::takes;

TEST(a_letter_takes_its_kinds) {
  struct Case {
    char letter;
    const char* taken;  // A digit a tag, in hexadecimal.
  };
  const Case cases[] = {
      {'t', "1"},    {'o', "01"},   {'i', "345"}, {'d', "345"}, {'b', "345"}, {'s', "345"},  {'z', "2"},
      {'l', "8"},    {'e', "7"},    {'c', "6"},   {'T', "9"},   {'O', "b"},   {'I', "0345"}, {'D', "0345"},
      {'B', "0345"}, {'S', "0345"}, {'Z', "02"},  {'L', "08"},  {'E', "07"},  {'C', "06"},   {'*', "0123456789ab"},
      {'x', ""},
  };
  for (const Case& each : cases) {
    for (unsigned tag = 0; tag < 12; ++tag) {
      const bool is_taken = std::strchr(each.taken, "0123456789ab"[tag]) != nullptr;
      CHECK(takes(each.letter, static_cast<Tag>(tag)) == is_taken);
    }
  }
}

TEST(signatures_are_found_by_operator_and_overload) {
  const KernelSignature signatures[] = {{"a", "t"}, {"a.b", "tt"}, {"a.bc", "i"}, {"ab", "d"}, {"b.c", "b"}};
  const auto arguments = [&](const char* name, const char* overload) {
    const char* found = find_signature(name, overload, signatures);
    return found == nullptr ? "" : found;
  };
  CHECK(std::strcmp(arguments("a", ""), "t") == 0);
  CHECK(std::strcmp(arguments("a", nullptr), "t") == 0);
  CHECK(std::strcmp(arguments("a", "b"), "tt") == 0);
  CHECK(std::strcmp(arguments("a", "bc"), "i") == 0);
  CHECK(std::strcmp(arguments("ab", ""), "d") == 0);
  CHECK(std::strcmp(arguments("b", "c"), "b") == 0);
  CHECK(std::strcmp(arguments("b.c", ""), "b") == 0);
  CHECK(std::strcmp(arguments("b", ""), "") == 0);
  CHECK(std::strcmp(arguments("b", "d"), "") == 0);
  CHECK(std::strcmp(arguments("c", ""), "") == 0);
  CHECK(find_signature("a", "", Span<const KernelSignature>()) == nullptr);
}

TEST(known_signatures_are_sorted_by_name) {
  const Span<const KernelSignature> signatures = kernel_signatures();
  for (size_t i = 1; i < signatures.size(); ++i) {
    CHECK(std::strcmp(signatures[i - 1].name, signatures[i].name) < 0);
    CHECK(find_signature(signatures[i].name, nullptr, signatures) == signatures[i].arguments);
  }
}

}  // namespace

TEST_MAIN()
