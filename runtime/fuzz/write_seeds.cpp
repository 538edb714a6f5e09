// Writes the small programs, the file of tensors and the bundle into three folders, as seeds for fuzzers.

#include <cstdio>
#include <string>

#include "small_programs.h"

namespace {

bool write(const std::string& path, const etbuild::testing::FileBytes& bytes) {
  std::FILE* file = std::fopen(path.c_str(), "wb");
  if (file == nullptr) return false;
  const bool written = std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
  return std::fclose(file) == 0 && written;
}

}  // namespace

int main(int count, char** words) {
  using namespace etbuild::testing;  // NOLINT(google-build-using-namespace): of this program's own parts
  if (count != 4) return 2;
  bool written = write(std::string(words[2]) + "/weights.ptd", small_tensor_file());
  written = write(std::string(words[3]) + "/add.bpte", small_bundle()) && written;
  for (size_t number = 0; number < kSmallPrograms; ++number) {
    const std::string name = small_program_name(number);
    written = write(std::string(words[1]) + "/" + name + ".pte", small_program(number)) && written;
  }
  return written ? 0 : 1;
}
