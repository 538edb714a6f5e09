// Writes the program of own_app_test: x of 2 x 2 floats, scaled by the app's kernel, then negated by the app's backend.

#include <cstdio>

#include "program_writer.h"

using etbuild::testing::FileBytes;
using etbuild::testing::ProgramWriter;
using etbuild::testing::TensorSpec;

namespace {

TensorSpec planned(uint32_t offset) {
  TensorSpec spec;
  spec.memory = 1;
  spec.offset = offset;
  return spec;
}

FileBytes program() {
  ProgramWriter w;
  const int32_t x = w.tensor(TensorSpec());
  const int32_t scaled = w.tensor(planned(0));
  const int32_t out = w.tensor(planned(16));
  w.call(w.op("own::scale", "out"), {x, w.real(2.5), scaled, scaled});
  const int32_t delegate = w.delegate("OwnBackend", false, 0, "sign", "-");
  w.inline_delegate_data({1, 2, 3});
  w.call_delegate(delegate, {scaled, out});
  w.method("forward", {x}, {out}, {32});
  return w.finish();
}

}  // namespace

int main(int argc, char** argv) {
  const FileBytes bytes = program();
  std::FILE* file = argc == 2 ? std::fopen(argv[1], "wb") : nullptr;
  if (file == nullptr) return 1;
  const bool is_written = std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
  return std::fclose(file) == 0 && is_written ? 0 : 1;
}
