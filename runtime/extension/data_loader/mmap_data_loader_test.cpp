// The loader that maps files, against what the official library does.
#include <executorch/extension/data_loader/mmap_data_loader.h>

#include <typeinfo>

#include "loader_checks.h"
#ifdef __linux__
#include <sys/resource.h>
#include <unistd.h>
#endif

using etbuild::testing::any_segment;
using etbuild::testing::numbered_bytes;
using etbuild::testing::ScratchFile;
using executorch::extension::MmapDataLoader;
using executorch::runtime::DataLoader;
using executorch::runtime::Error;
using Config = MmapDataLoader::MlockConfig;

namespace {
constexpr size_t kSize = 150000;
constexpr const char* kName = "mmap_data_loader_test.bin";
}  // namespace

#ifdef __wasi__

TEST(where_nothing_can_be_mapped_it_says_so) {
  const ScratchFile file(kName, numbered_bytes(kSize));
  CHECK(MmapDataLoader::from(file.name(), Config::NoMlock).error() == Error::NotSupported);
}

#else

TEST(ranges_within_the_file_are_mapped_and_others_refused) {
  const auto bytes = numbered_bytes(kSize);
  const ScratchFile file(kName, bytes);
  for (const Config config : {Config::NoMlock, Config::UseMlockIgnoreErrors, Config::UseMadvise}) {
    auto loader = MmapDataLoader::from(file.name(), config);
    CHECK(loader.ok());
    etbuild::testing::check_ranges(*loader, bytes);
    etbuild::testing::check_loads_are_apart(*loader, bytes);
  }
}

TEST(data_keeps_the_alignment_that_it_has_in_the_file) {
  const ScratchFile file(kName, numbered_bytes(kSize));
  auto loader = MmapDataLoader::from(file.name(), Config::NoMlock);
  for (const size_t offset : {0, 16, 1024, 4096, 65536 + 128}) {
    auto data = loader->load(offset, 64, any_segment());
    CHECK(data.ok() && (reinterpret_cast<uintptr_t>(data->data()) - offset) % 4096 == 0);
  }
}

TEST(a_loader_that_was_moved_from_is_invalid) {
  const auto bytes = numbered_bytes(kSize);
  const ScratchFile file(kName, bytes);
  auto loader = MmapDataLoader::from(file.name(), Config::NoMlock);
  etbuild::testing::check_moves(*loader, bytes);
}

TEST(a_file_that_cannot_be_opened_is_an_error) {
  CHECK(MmapDataLoader::from("no/such/file", Config::NoMlock).error() == Error::AccessFailed);
  CHECK(MmapDataLoader::from("", Config::NoMlock).error() == Error::AccessFailed);
  CHECK(MmapDataLoader::from(nullptr, Config::NoMlock).error() == Error::AccessFailed);
}

TEST(an_empty_file_has_nothing_to_map) {
  const ScratchFile file(kName, nullptr, 0);
  auto loader = MmapDataLoader::from(file.name(), Config::NoMlock);
  CHECK(loader.ok() && loader->size().get() == 0);
  CHECK(loader->load(0, 0, any_segment()).ok());
  CHECK(loader->load(0, 1, any_segment()).error() == Error::InvalidArgument);
}

TEST(data_stays_when_the_loader_ends) {
  const auto bytes = numbered_bytes(kSize);
  const ScratchFile file(kName, bytes);
  auto load = [&] {
    auto loader = MmapDataLoader::from(file.name(), Config::NoMlock);
    return loader->load(5000, 5000, any_segment());
  };
  auto data = load();
  CHECK(data.ok() && std::memcmp(data->data(), bytes.data() + 5000, 5000) == 0);
}

#ifdef __linux__
TEST(pages_that_cannot_be_locked_are_an_error_unless_that_is_ignored) {
  const ScratchFile file(kName, numbered_bytes(kSize));
  auto locking = MmapDataLoader::from(file.name(), Config::UseMlock);
  auto ignoring = MmapDataLoader::from(file.name(), Config::UseMlockIgnoreErrors);
  CHECK(locking.ok() && ignoring.ok());
  rlimit before = {};
  getrlimit(RLIMIT_MEMLOCK, &before);
  const rlimit none = {0, before.rlim_max};
  const uid_t user = geteuid();
  // Neither root nor an emulator of the processor heeds the limit as it is here: then there is nothing to see.
  if (setrlimit(RLIMIT_MEMLOCK, &none) != 0 || (user == 0 && seteuid(65534) != 0)) return;
  auto data = locking->load(0, 10, any_segment());
  CHECK(data.ok() || data.error() == Error::NotSupported);
// Sanitizers lock nothing.
#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  CHECK(!data.ok());
#endif
  CHECK(ignoring->load(0, 10, any_segment()).ok());
  CHECK(user != 0 || seteuid(0) == 0);
  CHECK(setrlimit(RLIMIT_MEMLOCK, &before) == 0);
}
#endif

TEST(an_app_with_rtti_can_ask_for_the_type) {
  const ScratchFile file(kName, numbered_bytes(kSize));
  auto loader = MmapDataLoader::from(file.name(), Config::NoMlock);
  const DataLoader& base = *loader;
  CHECK(typeid(base) == typeid(MmapDataLoader));
}

#endif

TEST_MAIN()
