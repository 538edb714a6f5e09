#include "small_programs.h"

namespace etbuild::testing {
namespace {

using executorch_flatbuffer::ScalarType;
using executorch_flatbuffer::TensorShapeDynamism;

TensorSpec given(std::vector<int32_t> sizes = {2, 2}) { return {std::move(sizes)}; }

TensorSpec planned(uint32_t offset, ScalarType type = ScalarType::FLOAT, std::vector<int32_t> sizes = {2, 2}) {
  TensorSpec spec;
  spec.sizes = std::move(sizes);
  spec.type = type;
  spec.memory = 1;
  spec.offset = offset;
  return spec;
}

TensorSpec constant(uint32_t number) {
  TensorSpec spec;
  spec.constant = number;
  return spec;
}

FileBytes counting_bytes(size_t count) {
  FileBytes bytes(count);
  for (size_t i = 0; i < count; ++i) bytes[i] = static_cast<uint8_t>(i % 4 == 3 ? 0x3f : i);
  return bytes;
}

// x + y, y an input, too; twice.
FileBytes add() {
  ProgramWriter w;
  const int32_t x = w.tensor(given());
  const int32_t y = w.tensor(planned(0));
  const int32_t out = w.tensor(planned(16));
  const int32_t alpha = w.whole(1);
  const int32_t op = w.op("aten::add", "out");
  w.call(op, {x, y, alpha, out, out});
  w.call(op, {out, y, alpha, out, out});
  w.method("forward", {x, y}, {out}, {32});
  return w.finish();
}

// Constants in a segment, two of them one.
FileBytes constants() {
  ProgramWriter w;
  const int32_t x = w.tensor(given());
  const int32_t a = w.tensor(constant(1));
  const int32_t b = w.tensor(constant(2));
  const int32_t c = w.tensor(constant(2));
  const int32_t out = w.tensor(planned(0));
  const int32_t alpha = w.whole(1);
  const int32_t op = w.op("aten::add", "out");
  w.call(op, {x, a, alpha, out, out});
  w.call(op, {out, b, alpha, out, out});
  w.call(op, {out, c, alpha, out, out});
  w.constants(w.segment(counting_bytes(48)), {0, 0, 16});
  w.method("forward", {x}, {out}, {16});
  return w.finish();
}

// A delegate's bytes inside the flatbuffer.
FileBytes inline_data() {
  ProgramWriter w;
  const int32_t x = w.tensor(given());
  const int32_t out = w.tensor(planned(0));
  const int32_t delegate = w.delegate("TestBackend", false, 0, "level", "7");
  w.inline_delegate_data(counting_bytes(9));
  w.call_delegate(delegate, {x, out});
  w.method("forward", {x}, {out}, {16});
  return w.finish();
}

// if condition: x else y, by jumps and moves.
FileBytes condition() {
  ProgramWriter w;
  const int32_t x = w.tensor(given());
  const int32_t y = w.tensor(given());
  const int32_t smaller = w.tensor(planned(0, ScalarType::BOOL));
  const int32_t out = w.tensor(planned(16));
  const int32_t never = w.truth(false);
  const int32_t limit = w.real(0.5);
  const int32_t alpha = w.whole(1);
  const int32_t less = w.op("aten::lt", "Scalar_out");
  const int32_t op = w.op("aten::add", "out");
  w.call(less, {x, limit, smaller, smaller});
  w.jump_unless(smaller, 4);
  w.call(op, {x, y, alpha, out, out});
  w.jump_unless(never, 5);
  w.call(op, {y, y, alpha, out, out});
  w.move(out, out);
  w.method("forward", {x, y}, {out}, {32});
  return w.finish();
}

// while i < 5: i += 1
FileBytes loop() {
  ProgramWriter w;
  const int32_t i = w.whole(0);
  const int32_t one = w.whole(1);
  const int32_t five = w.whole(5);
  const int32_t more = w.truth(false);
  const int32_t done = w.truth(false);
  const int32_t start = w.whole(0);
  const int32_t plus = w.op("executorch_prim::add", "Scalar");
  const int32_t less = w.op("executorch_prim::lt", "Scalar");
  w.move(start, i);
  w.call(less, {i, five, more});
  w.jump_unless(more, 5);
  w.call(plus, {i, one, i});
  w.jump_unless(done, 1);
  w.method("forward", {}, {i}, {});
  return w.finish();
}

// A delegate whose bytes are in a segment, and one that shares them.
FileBytes delegates() {
  ProgramWriter w;
  const int32_t x = w.tensor(given({3}));
  const int32_t out = w.tensor(planned(0, ScalarType::FLOAT, {3}));
  const uint32_t segment = w.segment(counting_bytes(40));
  const int32_t first = w.delegate("TestBackend", true, segment, "a", "");
  const int32_t second = w.delegate("TestBackend", true, segment, "bb", "value");
  w.call_delegate(first, {x, out});
  w.call_delegate(second, {out, out});
  w.method("forward", {x}, {out}, {16});
  return w.finish();
}

// Every kind of value, handed to a kernel that reads all of them.
FileBytes lists() {
  ProgramWriter w;
  const int32_t x = w.tensor(given());
  const int32_t y = w.tensor(planned(0, ScalarType::LONG, {2, 1, 2}));
  const int32_t three = w.whole(3);
  const std::vector<int32_t> all = {
      w.null(),
      w.real(2.5),
      w.text("bilinear"),
      w.ints({three, three}),
      w.reals({1.5, -2}),
      w.truths({0, 1, 1}),
      w.tensors({x, y}),
      w.optional_tensors({x, -1}),
      x,
      y,
  };
  const int32_t op = w.op("test::touch", "");
  w.call(op, all);
  w.call(op, {});
  const int32_t cat = w.op("aten::cat", "out");
  const int32_t axis = w.whole(0);
  const int32_t out = w.tensor(planned(32, ScalarType::FLOAT, {4, 2}));
  const int32_t pair = w.tensors({x, x});
  w.call(cat, {pair, axis, out, out});
  w.method("forward", {x}, {out}, {64});
  return w.finish();
}

// State that begins with what the file says, and keeps what a run leaves.
FileBytes state() {
  ProgramWriter w;
  const int32_t x = w.tensor(given());
  TensorSpec counter = planned(0);
  counter.memory = 2;
  counter.constant = 1;
  counter.name = "counter";
  const int32_t kept = w.tensor(counter);
  const int32_t out = w.tensor(planned(0));
  const int32_t alpha = w.whole(2);
  const int32_t op = w.op("aten::add", "out");
  w.call(op, {x, kept, alpha, kept, kept});
  w.call(op, {kept, x, alpha, out, out});
  w.state(w.segment(counting_bytes(32)), {0, 16});
  w.method("forward", {x}, {out}, {16, 16});
  return w.finish();
}

// Shapes up to a bound, an output that the caller gives, one that is freed.
FileBytes shapes() {
  ProgramWriter w;
  TensorSpec bounded = planned(0, ScalarType::FLOAT, {4, 2});
  bounded.dynamism = TensorShapeDynamism::DYNAMIC_BOUND;
  const int32_t x = w.tensor(bounded);
  bounded.offset = 32;
  const int32_t y = w.tensor(bounded);
  bounded.memory = 0;
  const int32_t out = w.tensor(bounded);
  const int32_t idle = w.tensor(given());
  const int32_t relu = w.op("aten::relu", "out");
  w.call(relu, {x, y, y});
  w.call(relu, {y, out, out});
  w.free(idle);
  w.method("forward", {x}, {out}, {64});
  return w.finish();
}

// Two methods, data by name from inside and outside, scalars and text as inputs and outputs.
FileBytes methods() {
  ProgramWriter w;
  TensorSpec weight = given();
  weight.name = "weight";
  weight.external = true;
  const int32_t x = w.tensor(given());
  const int32_t outside = w.tensor(weight);
  const int32_t out = w.tensor(planned(0));
  const int32_t alpha = w.real(1);
  w.call(w.op("aten::add", "out"), {x, outside, alpha, out, out});
  w.method("forward", {x, alpha}, {out, outside, alpha}, {16});
  const int32_t mode = w.text("fast");
  const int32_t flag = w.truth(true);
  const int32_t number = w.whole(-7);
  w.call(w.op("test::touch", ""), {mode, flag, number});
  w.method("describe", {mode, flag, number}, {number, flag, mode}, {});
  w.named("vocabulary", w.segment(counting_bytes(5)));
  return w.finish();
}

// Numbers of a tensor, and what is computed of numbers.
FileBytes numbers() {
  ProgramWriter w;
  const int32_t x = w.tensor(given());
  const int32_t one = w.whole(1);
  const int32_t real = w.real(2.5);
  const int32_t truth = w.truth(true);
  const int32_t first = w.whole(0);
  const int32_t second = w.whole(0);
  const int32_t item = w.real(0);
  w.call(w.op("aten::sym_size", "int"), {x, one, first});
  w.call(w.op("aten::sym_numel", ""), {x, second});
  w.call(w.op("aten::_local_scalar_dense", ""), {x, item});
  for (const char* name : {"add", "sub", "mul", "truediv"}) {
    const int32_t op = w.op(std::string("executorch_prim::") + name, "Scalar");
    w.call(op, {first, second, w.whole(0)});
    w.call(op, {real, item, w.real(0)});
  }
  for (const char* name : {"floordiv", "mod", "sym_max", "sym_min"}) {
    w.call(w.op(std::string("executorch_prim::") + name, "Scalar"), {second, first, w.whole(0)});
  }
  for (const char* name : {"eq", "gt", "lt", "ge", "le"}) {
    w.call(w.op(std::string("executorch_prim::") + name, "Scalar"), {first, real, w.truth(false)});
  }
  for (const char* name : {"neg", "ceil", "round", "trunc", "sym_float", "sym_int"}) {
    w.call(w.op(std::string("executorch_prim::") + name, "Scalar"), {real, w.whole(0)});
  }
  w.call(w.op("executorch_prim::sym_not", "Scalar"), {truth, truth});
  w.call(w.op("executorch_prim::sym_ite", "Scalar"), {truth, first, real, item});
  w.method("forward", {x}, {first, second, item, truth}, {});
  return w.finish();
}

// for i in 0, 1: out[i] = y, where y is a view of x.
FileBytes rows() {
  ProgramWriter w;
  TensorSpec rows = planned(0, ScalarType::FLOAT, {2, 4});
  rows.dynamism = TensorShapeDynamism::DYNAMIC_BOUND;
  const int32_t x = w.tensor(given());
  const int32_t y = w.tensor(given({4}));
  const int32_t out = w.tensor(rows);
  const int32_t i = w.whole(0);
  const int32_t zero = w.whole(0);
  const int32_t one = w.whole(1);
  const int32_t two = w.whole(2);
  const int32_t four = w.whole(4);
  const int32_t done = w.truth(false);
  const int32_t sizes = w.ints({four});
  w.move(zero, i);
  w.call(w.op("executorch_prim::et_view", "default"), {x, sizes, y});
  w.call(w.op("executorch_prim::et_copy_index", "tensor"), {out, y, i});
  w.call(w.op("executorch_prim::add", "Scalar"), {i, one, i});
  w.call(w.op("executorch_prim::eq", "Scalar"), {i, two, done});
  w.jump_unless(done, 2);
  w.method("forward", {x}, {out}, {32});
  return w.finish();
}

struct Entry {
  const char* name;
  FileBytes (*make)();
};

constexpr Entry kPrograms[kSmallPrograms] = {
    {"add", add},
    {"constants", constants},
    {"inline_data", inline_data},
    {"condition", condition},
    {"loop", loop},
    {"delegates", delegates},
    {"lists", lists},
    {"state", state},
    {"shapes", shapes},
    {"methods", methods},
    {"numbers", numbers},
    {"rows", rows},
};

}  // namespace

FileBytes small_program(size_t number) { return kPrograms[number].make(); }
const char* small_program_name(size_t number) { return kPrograms[number].name; }

}  // namespace etbuild::testing
