// What every loader of files must hold, whichever it is.

#pragma once

#include <executorch/runtime/core/data_loader.h>

#include <cstring>
#include <utility>
#include <vector>

#include "check.h"
#include "scratch_file.h"

namespace etbuild::testing {

using executorch::runtime::DataLoader;
using executorch::runtime::Error;

inline DataLoader::SegmentInfo any_segment() {
  return DataLoader::SegmentInfo(DataLoader::SegmentInfo::Type::Constant, 3, "segment");
}

inline void check_gives_bytes(const DataLoader& loader, const std::vector<uint8_t>& bytes, size_t offset, size_t size) {
  auto loaded = loader.load(offset, size, any_segment());
  CHECK(loaded.ok());
  if (!loaded.ok()) return;
  CHECK(loaded->size() == size);
  CHECK(size == 0 || std::memcmp(loaded->data(), bytes.data() + offset, size) == 0);
  CHECK(size != 0 || loaded->data() == nullptr);
  std::vector<uint8_t> copy(size + 1, 0xa5);
  CHECK(loader.load_into(offset, size, any_segment(), copy.data()) == Error::Ok);
  CHECK(size == 0 || std::memcmp(copy.data(), bytes.data() + offset, size) == 0);
  CHECK(copy[size] == 0xa5);
  loaded->Free();
  CHECK(loaded->size() == 0 && loaded->data() == nullptr);
  loaded->Free();
}

inline void check_refuses(const DataLoader& loader, size_t offset, size_t size) {
  CHECK(loader.load(offset, size, any_segment()).error() == Error::InvalidArgument);
  uint8_t byte = 0;
  CHECK(loader.load_into(offset, size, any_segment(), &byte) == Error::InvalidArgument);
  CHECK(byte == 0);
}

// `loader` is of a file that holds `bytes`, of several pages.
inline void check_ranges(const DataLoader& loader, const std::vector<uint8_t>& bytes) {
  const size_t size = bytes.size();
  auto told = loader.size();
  CHECK(told.ok() && told.get() == size);
  check_gives_bytes(loader, bytes, 0, size);
  check_gives_bytes(loader, bytes, 0, 0);
  check_gives_bytes(loader, bytes, size, 0);
  check_gives_bytes(loader, bytes, size - 1, 1);
  check_gives_bytes(loader, bytes, 3, 5);
  check_gives_bytes(loader, bytes, 4095, 2);
  check_gives_bytes(loader, bytes, 4096, 4096);
  check_gives_bytes(loader, bytes, 65536 - 3, 100);
  check_refuses(loader, size + 1, 0);
  check_refuses(loader, 0, size + 1);
  check_refuses(loader, size, 1);
  check_refuses(loader, SIZE_MAX, 1);
  check_refuses(loader, 1, SIZE_MAX);
  check_refuses(loader, SIZE_MAX, SIZE_MAX);
  CHECK(loader.load_into(0, 1, any_segment(), nullptr) == Error::InvalidArgument);
}

// Two loads do not know each other, nor that one of them ends.
inline void check_loads_are_apart(const DataLoader& loader, const std::vector<uint8_t>& bytes) {
  auto first = loader.load(100, 1000, any_segment());
  auto second = loader.load(500, 1000, any_segment());
  CHECK(first.ok() && second.ok());
  first->Free();
  CHECK(std::memcmp(second->data(), bytes.data() + 500, 1000) == 0);
}

template <typename Loader>
void check_moves(Loader& loader, const std::vector<uint8_t>& bytes) {
  Loader moved(std::move(loader));
  check_gives_bytes(moved, bytes, 10, 20);
  // NOLINTBEGIN(bugprone-use-after-move): what a loader says after that is what is checked.
  CHECK(loader.size().error() == Error::InvalidState);
  CHECK(loader.load(0, 1, any_segment()).error() == Error::InvalidState);
  uint8_t byte = 0;
  CHECK(loader.load_into(0, 1, any_segment(), &byte) == Error::InvalidState);
  // NOLINTEND(bugprone-use-after-move)
}

}  // namespace etbuild::testing
