// The loader of files, against what the official library does.
#include <executorch/extension/data_loader/file_data_loader.h>

#include <typeinfo>

#include "loader_checks.h"

using etbuild::testing::any_segment;
using etbuild::testing::numbered_bytes;
using etbuild::testing::ScratchFile;
using executorch::extension::FileDataLoader;
using executorch::runtime::DataLoader;
using executorch::runtime::Error;

namespace {
constexpr size_t kSize = 150000;
constexpr const char* kName = "file_data_loader_test.bin";
}  // namespace

TEST(ranges_within_the_file_are_loaded_and_others_refused) {
  const auto bytes = numbered_bytes(kSize);
  const ScratchFile file(kName, bytes);
  auto loader = FileDataLoader::from(file.name());
  CHECK(loader.ok());
  etbuild::testing::check_ranges(*loader, bytes);
  etbuild::testing::check_loads_are_apart(*loader, bytes);
}

TEST(a_loader_that_was_moved_from_is_invalid) {
  const auto bytes = numbered_bytes(kSize);
  const ScratchFile file(kName, bytes);
  auto loader = FileDataLoader::from(file.name());
  etbuild::testing::check_moves(*loader, bytes);
}

TEST(data_has_the_alignment_that_was_asked_for) {
  const ScratchFile file(kName, numbered_bytes(kSize));
  for (size_t alignment = 1; alignment <= 65536; alignment *= 2) {
    auto loader = FileDataLoader::from(file.name(), alignment);
    CHECK(loader.ok());
    for (const size_t size : {size_t{1}, size_t{77}, size_t{5000}}) {
      auto data = loader->load(1, size, any_segment());
      CHECK(data.ok() && reinterpret_cast<uintptr_t>(data->data()) % alignment == 0);
    }
  }
}

TEST(an_alignment_must_be_a_power_of_two) {
  const ScratchFile file(kName, numbered_bytes(kSize));
  for (const size_t alignment : {0, 3, 6, 24, 4095}) {
    CHECK(FileDataLoader::from(file.name(), alignment).error() == Error::InvalidArgument);
  }
}

TEST(a_file_that_cannot_be_opened_is_an_error) {
  CHECK(FileDataLoader::from("no/such/file").error() == Error::AccessFailed);
  CHECK(FileDataLoader::from("").error() == Error::AccessFailed);
  CHECK(FileDataLoader::from(nullptr).error() == Error::InvalidArgument);
}

TEST(an_empty_file_has_nothing_to_load) {
  const ScratchFile file(kName, nullptr, 0);
  auto loader = FileDataLoader::from(file.name());
  CHECK(loader.ok() && loader->size().get() == 0);
  CHECK(loader->load(0, 0, any_segment()).ok());
  CHECK(loader->load(0, 1, any_segment()).error() == Error::InvalidArgument);
}

TEST(a_file_that_became_shorter_is_an_error) {
  const ScratchFile file(kName, numbered_bytes(kSize));
  auto loader = FileDataLoader::from(file.name());
  CHECK(loader.ok());
  file.write("short", 5);
  uint8_t data[10] = {};
  CHECK(loader->load(0, 10, any_segment()).error() == Error::AccessFailed);
  CHECK(loader->load_into(0, 10, any_segment(), data) == Error::AccessFailed);
}

TEST(an_app_with_rtti_can_ask_for_the_type) {
  const ScratchFile file(kName, numbered_bytes(kSize));
  auto loader = FileDataLoader::from(file.name());
  const DataLoader& base = *loader;
  CHECK(typeid(base) == typeid(FileDataLoader));
  CHECK(dynamic_cast<const FileDataLoader*>(&base) == &*loader);
}

TEST_MAIN()
