// Maps a tokenizer's flat file from disk. Knows nothing of what is in it.

#pragma once

#include <cstddef>
#include <string>

#include "tokenizer.h"

namespace etbuild::runner {

// A flat file, mapped read-only (read into memory where there is no mmap), and the tokenizer in it.
class TokenizerFile {
 public:
  TokenizerFile() = default;
  ~TokenizerFile();
  TokenizerFile(const TokenizerFile&) = delete;
  TokenizerFile& operator=(const TokenizerFile&) = delete;

  // Opens and checks the file. False if that fails; then `*error` says why in one line. Call it once.
  bool open(const char* path, std::string* error);

  // Valid after open() returned true, as long as this object lives.
  const Tokenizer& tokenizer() const { return tokenizer_; }

 private:
  void* data_ = nullptr;
  size_t size_ = 0;
  Tokenizer tokenizer_;
};

}  // namespace etbuild::runner
