// What the builder writes is sound and reads back; too little room is said, and never overrun.

#include "flatbuffer_builder.h"

#include <cstring>

#include "check.h"
#include "program_schema.h"
#include "verify.h"

using executorch::runtime::Error;
using executorch::runtime::internal::FlatbufferBuilder;
using executorch::runtime::internal::verify_program_structure;
using Ref = FlatbufferBuilder::Ref;
namespace pte = executorch_flatbuffer;

namespace {

Ref build_value(FlatbufferBuilder& builder, int64_t number) {
  builder.start_table();
  builder.add(pte::Int::slot_of_int_val, number);
  const Ref value = builder.end_table();
  builder.start_table();
  builder.add(uint16_t{pte::EValue::slot_of_val - 2}, pte::KernelTypes::Int);
  builder.add_ref(pte::EValue::slot_of_val, value);
  return builder.end_table();
}

// A program of one plan with that many whole numbers, and a constant that must be aligned to 16.
FlatbufferBuilder::Bytes build_program(FlatbufferBuilder& builder, int64_t count) {
  const Ref name = builder.string("forward");
  const uint8_t blob[5] = {1, 2, 3, 4, 5};
  const Ref storage = builder.vector(blob, 5, 1, 16);
  builder.start_table();
  builder.add_ref(pte::Buffer::slot_of_storage, storage);
  builder.push(builder.end_table());
  const Ref constants = builder.vector_of_pushed(0);
  const int64_t sizes[2] = {0, int64_t{1} << 40};
  const Ref memories = builder.vector(sizes, 2);
  for (int64_t i = 0; i < count; ++i) builder.push(build_value(builder, i));
  const Ref values = builder.vector_of_pushed(0);
  builder.start_table();
  builder.add_ref(pte::ExecutionPlan::slot_of_name, name);
  builder.add_ref(pte::ExecutionPlan::slot_of_values, values);
  builder.add_ref(pte::ExecutionPlan::slot_of_non_const_buffer_sizes, memories);
  builder.push(builder.end_table());
  const Ref plans = builder.vector_of_pushed(0);
  builder.start_table();
  builder.add_ref(pte::Program::slot_of_execution_plan, plans);
  builder.add_ref(pte::Program::slot_of_constant_buffer, constants);
  return builder.finish(builder.end_table(), "ET12");
}

void check_program(FlatbufferBuilder::Bytes file, int64_t count) {
  CHECK(file.data != nullptr);
  if (file.data == nullptr) return;
  CHECK(verify_program_structure(file.data, file.size) == Error::Ok);
  const auto* program = static_cast<const pte::Program*>(flatbuffers::follow(file.data));
  const auto* plan = program->execution_plan()->Get(0);
  CHECK(plan->name()->view() == "forward");
  CHECK(plan->values()->size() == static_cast<uint64_t>(count));
  int64_t expected = 0;
  for (const pte::EValue* value : *plan->values()) CHECK(value->val_as_Int()->int_val() == expected++);
  CHECK(plan->non_const_buffer_sizes()->Get(1) == int64_t{1} << 40);
  CHECK(plan->inputs()->empty());
  const auto* storage = program->constant_buffer()->Get(0)->storage();
  CHECK(storage->size() == 5 && storage->Get(4) == 5);
  CHECK(reinterpret_cast<uintptr_t>(storage->data()) % 16 == 0);
}

}  // namespace

TEST(a_program_reads_back) {
  alignas(32) uint8_t buffer[4096];
  FlatbufferBuilder builder(buffer, sizeof(buffer));
  check_program(build_program(builder, 7), 7);
  builder.reset();
  check_program(build_program(builder, 0), 0);
}

TEST(tables_of_one_form_share_their_vtable) {
  alignas(32) uint8_t buffer[8192];
  FlatbufferBuilder builder(buffer, sizeof(buffer));
  const size_t few = build_program(builder, 10).size;
  builder.reset();
  const size_t many = build_program(builder, 110).size;
  // A reference, a table of 8 + 8 bytes, one of 4 + 4 + 1, padded.
  CHECK(many - few <= size_t{100} * 32);
}

TEST(any_size_and_alignment_of_buffer_is_enough_or_is_said_not_to_be) {
  uint8_t buffer[1024];
  size_t enough = 0;
  for (size_t size = 0; size < sizeof(buffer) - 16; ++size) {
    const size_t first = size % 16;
    std::memset(buffer, 0xa5, sizeof(buffer));
    FlatbufferBuilder builder(buffer + first, size);
    const FlatbufferBuilder::Bytes file = build_program(builder, 5);
    CHECK(builder.ok() == (file.data != nullptr));
    if (builder.ok()) check_program(file, 5);
    enough += builder.ok();
    for (size_t i = 0; i < first; ++i) CHECK(buffer[i] == 0xa5);
    for (size_t i = first + size; i < sizeof(buffer); ++i) CHECK(buffer[i] == 0xa5);
  }
  CHECK(enough > 300 && enough < 900);
}

TEST(a_buffer_that_grows_keeps_all) {
  alignas(32) uint8_t buffers[2][4096];
  FlatbufferBuilder builder(buffers[0], 64);
  size_t times = 0;
  for (int64_t i = 0; i < 50; ++i) {
    while (builder.room() < 64) {
      ++times;
      builder.grow(buffers[times % 2], 64 + 64 * times);
    }
    builder.push(build_value(builder, i));
  }
  CHECK(times > 10);
  builder.grow(buffers[(times + 1) % 2], 4096);
  const Ref values = builder.vector_of_pushed(0);
  builder.start_table();
  builder.add_ref(pte::ExecutionPlan::slot_of_values, values);
  builder.push(builder.end_table());
  const Ref plans = builder.vector_of_pushed(0);
  builder.start_table();
  builder.add_ref(pte::Program::slot_of_execution_plan, plans);
  const FlatbufferBuilder::Bytes file = builder.finish(builder.end_table(), "ET12");
  CHECK(verify_program_structure(file.data, file.size) == Error::Ok);
  const auto* program = static_cast<const pte::Program*>(flatbuffers::follow(file.data));
  CHECK(program->execution_plan()->Get(0)->values()->Get(49)->val_as_Int()->int_val() == 49);
}

TEST(a_slot_beyond_all_is_refused) {
  alignas(32) uint8_t buffer[256];
  FlatbufferBuilder builder(buffer, sizeof(buffer));
  builder.start_table();
  builder.add(uint16_t{4 + 2 * FlatbufferBuilder::kFields}, 1);
  CHECK(!builder.ok());
}

TEST_MAIN()
