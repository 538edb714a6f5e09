// What the libraries of a target are made for: enough of C++ that each of them is needed.
#include <cstdio>
#include <string>
#include <vector>

int main(int argc, char** argv) {
  std::vector<std::string> words(argv, argv + argc);
  std::string joined;
  for (const std::string& word : words) joined += word + " ";
  std::printf("%s%d\n", joined.c_str(), static_cast<int>(words.size()));
  return 0;
}
