// Both files are there, hold an answer for each program, and are equal.
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

namespace {

std::string read(const char* path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const std::string official = read(argv[1]);
  const std::string own = read(argv[2]);
  std::printf("official:\n%sours:\n%s", official.c_str(), own.c_str());
  return official.size() > 100 && official == own ? 0 : 1;
}
