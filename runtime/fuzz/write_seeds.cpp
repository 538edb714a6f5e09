// Writes the small programs into a folder, as seeds for a fuzzer.

#include <cstdio>
#include <string>

#include "small_programs.h"

int main(int count, char** words) {
  if (count != 2) return 2;
  for (size_t number = 0; number < etbuild::testing::kSmallPrograms; ++number) {
    const etbuild::testing::FileBytes bytes = etbuild::testing::small_program(number);
    const std::string path = std::string(words[1]) + "/" + etbuild::testing::small_program_name(number) + ".pte";
    std::FILE* file = std::fopen(path.c_str(), "wb");
    if (file == nullptr || std::fwrite(bytes.data(), 1, bytes.size(), file) != bytes.size()) return 1;
    if (std::fclose(file) != 0) return 1;
  }
  return 0;
}
