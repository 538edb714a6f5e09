// Writes the programs that tests of the extensions run:  write_programs METHODS.pte DELEGATES.pte
//
// METHODS.pte has, of tensors of 2x2 floats:
//   forward(x, y) = test::add(x, y), all planned; unplanned(x) = test::relu(x), nothing planned;
//   set(x): state = test::relu(x), get() = test::relu(state), with the state in planned memory 2;
//   weighted(x) = test::add(x, weight), the weight from outside; number(i) = i.
// DELEGATES.pte has two(x, y) = (first(x), second(y)) by delegates of "TestBackend", and one(x) = first(x).

#include <cstdio>

#include "program_writer.h"

namespace {

using etbuild::testing::FileBytes;
using etbuild::testing::ProgramWriter;
using etbuild::testing::TensorSpec;

TensorSpec planned(uint32_t memory, uint32_t offset) {
  TensorSpec spec;
  spec.memory = memory;
  spec.offset = offset;
  return spec;
}

FileBytes methods() {
  ProgramWriter program;
  {
    const int32_t x = program.tensor(planned(1, 0));
    const int32_t y = program.tensor(planned(1, 16));
    const int32_t out = program.tensor(planned(1, 32));
    program.call(program.op("test::add", "out"), {x, y, out});
    program.method("forward", {x, y}, {out}, {48});
  }
  {
    const int32_t x = program.tensor(TensorSpec());
    const int32_t out = program.tensor(TensorSpec());
    program.call(program.op("test::relu", "out"), {x, out});
    program.method("unplanned", {x}, {out}, {});
  }
  {
    const int32_t x = program.tensor(planned(1, 0));
    const int32_t state = program.tensor(planned(2, 16));
    program.call(program.op("test::relu", "out"), {x, state});
    program.method("set", {x}, {state}, {16, 32});
  }
  {
    const int32_t state = program.tensor(planned(2, 16));
    const int32_t out = program.tensor(planned(1, 64));
    program.call(program.op("test::relu", "out"), {state, out});
    program.method("get", {}, {out}, {80, 32});
  }
  {
    const int32_t x = program.tensor(planned(1, 0));
    TensorSpec weight;
    weight.name = "weight";
    weight.external = true;
    weight.constant = 0;
    const int32_t constant = program.tensor(weight);
    const int32_t out = program.tensor(planned(1, 16));
    program.call(program.op("test::add", "out"), {x, constant, out});
    program.method("weighted", {x}, {out}, {32});
  }
  {
    const int32_t number = program.whole(0);
    program.method("number", {number}, {number}, {});
  }
  return program.finish();
}

FileBytes delegates() {
  ProgramWriter program;
  program.inline_delegate_data({1, 2, 3, 4});
  for (const bool both : {true, false}) {
    const int32_t x = program.tensor(planned(1, 0));
    const int32_t y = program.tensor(planned(1, 16));
    const int32_t first = program.tensor(planned(1, 32));
    const int32_t second = program.tensor(planned(1, 48));
    program.call_delegate(program.delegate("TestBackend", false, 0, "name", "first"), {x, first});
    if (both) program.call_delegate(program.delegate("TestBackend", false, 0, "name", "second"), {y, second});
    if (both) {
      program.method("two", {x, y}, {first, second}, {64});
    } else {
      program.method("one", {x}, {first}, {64});
    }
  }
  return program.finish();
}

bool write(const char* path, const FileBytes& bytes) {
  std::FILE* file = std::fopen(path, "wb");
  const bool is_written = file != nullptr && std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
  return file != nullptr && std::fclose(file) == 0 && is_written;
}

}  // namespace

int main(int count, char** words) {
  return count == 3 && write(words[1], methods()) && write(words[2], delegates()) ? 0 : 1;
}
