// The images with selected kernels and with all of them print the same bits.
#include <fstream>
#include <iterator>
#include <string>

#include "runtime/testing/check.h"

namespace {

std::string read(const char* path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

}  // namespace

TEST(selected_kernels_give_the_bits_of_all_kernels) {
  const std::string selected = read("runtime/kernels/selection/selected.txt");
  CHECK(selected.size() > 500);
  CHECK(selected == read("runtime/kernels/selection/everything.txt"));
}

TEST_MAIN()
