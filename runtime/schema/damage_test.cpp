// Real programs, given as arguments, cut at every byte and changed at every byte: either refused, or every accessor
// stays inside. To be run under a sanitizer, which sees a byte too much; without one it is still a test that nothing
// crashes.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

#include "read_everything.h"
#include "verify.h"

using executorch::runtime::Error;
using executorch::runtime::internal::verify_program_structure;

namespace {

std::vector<uint8_t> read_file(const char* path) {
  std::vector<uint8_t> bytes;
  std::FILE* file = std::fopen(path, "rb");
  if (file == nullptr) return bytes;
  for (int byte = std::fgetc(file); byte != EOF; byte = std::fgetc(file)) bytes.push_back(static_cast<uint8_t>(byte));
  std::fclose(file);
  return bytes;
}

// Bytes of the flatbuffer alone: what the extended header says, else all.
size_t flatbuffer_size(const std::vector<uint8_t>& bytes) {
  if (bytes.size() < 24 || std::memcmp(&bytes[8], "eh00", 4) != 0) return bytes.size();
  uint64_t size = 0;
  std::memcpy(&size, &bytes[16], sizeof(size));
  return static_cast<size_t>(size);
}

bool is_sound(const uint8_t* bytes, size_t size) {
  if (verify_program_structure(bytes, size) != Error::Ok) return false;
  etbuild::testing::ReadEverything::of(bytes);
  return true;
}

// On the heap and of that very size, so that a sanitizer knows its end.
size_t sound_if_cut(const std::vector<uint8_t>& bytes) {
  size_t sound = 0;
  for (size_t size = 0; size < bytes.size(); ++size) {
    const std::unique_ptr<uint8_t[]> copy(new uint8_t[size]);
    std::memcpy(copy.get(), bytes.data(), size);
    sound += is_sound(copy.get(), size);
  }
  return sound;
}

size_t sound_if_changed(const std::vector<uint8_t>& bytes) {
  size_t sound = 0;
  const std::unique_ptr<uint8_t[]> copy(new uint8_t[bytes.size()]);
  std::memcpy(copy.get(), bytes.data(), bytes.size());
  for (size_t at = 0; at < bytes.size(); ++at) {
    const uint8_t was = bytes[at];
    for (const int change : {1, 2, 4, 8, 0x40, 0x80, 0xff, 0 - was, 0xff - was}) {
      copy[at] = static_cast<uint8_t>(was + change);
      sound += is_sound(copy.get(), bytes.size());
    }
    copy[at] = was;
  }
  return sound;
}

bool check(const char* path) {
  std::vector<uint8_t> bytes = read_file(path);
  bytes.resize(flatbuffer_size(bytes));
  if (!is_sound(bytes.data(), bytes.size())) {
    std::printf("%s must be sound\n", path);
    return false;
  }
  const size_t cut = sound_if_cut(bytes);
  const size_t changed = sound_if_changed(bytes);
  std::printf("%s: %zu bytes; sound are %zu of the cuts, %zu of %zu changes\n", path, bytes.size(), cut, changed,
              9 * bytes.size());
  // What is behind the last table may be missing; what refers to something cannot change and stay sound.
  return cut < 64 && changed < 9 * bytes.size();
}

}  // namespace

int main(int count, char** words) {
  bool passed = count > 1;
  for (int i = 1; i < count; ++i) passed = check(words[i]) && passed;
  return passed ? 0 : 1;
}
