#include <cstring>

#include "bundled_program_schema.h"
#include "small_programs.h"

namespace etbuild::testing {

namespace bundled = bundled_program_flatbuffer;
using executorch::runtime::internal::FlatbufferBuilder;
using Ref = FlatbufferBuilder::Ref;

namespace {

constexpr size_t kAlignment = 32;

// Of two by two floats, each `number`.
Ref tensor(FlatbufferBuilder& builder, float number) {
  const int32_t sizes[2] = {2, 2};
  const uint8_t order[2] = {0, 1};
  const float numbers[4] = {number, number, number, number};
  const Ref refs[3] = {builder.vector(sizes, 2), builder.vector(numbers, sizeof(numbers), 1, 16),
                       builder.vector(order, 2)};
  builder.start_table();
  builder.add(bundled::Tensor::slot_of_scalar_type, executorch_flatbuffer::ScalarType::FLOAT);
  builder.add_ref(bundled::Tensor::slot_of_sizes, refs[0]);
  builder.add_ref(bundled::Tensor::slot_of_data, refs[1]);
  builder.add_ref(bundled::Tensor::slot_of_dim_order, refs[2]);
  return builder.end_table();
}

Ref value(FlatbufferBuilder& builder, float number) {
  const Ref table = tensor(builder, number);
  builder.start_table();
  builder.add(uint16_t{bundled::Value::slot_of_val - 2}, bundled::ValueUnion::Tensor);
  builder.add_ref(bundled::Value::slot_of_val, table);
  return builder.end_table();
}

Ref test_case(FlatbufferBuilder& builder, float x, float y, float out) {
  const Ref values[3] = {value(builder, x), value(builder, y), value(builder, out)};
  builder.push(values[2]);
  const Ref outputs = builder.vector_of_pushed(builder.pushed() - 1);
  builder.push(values[0]);
  builder.push(values[1]);
  const Ref inputs = builder.vector_of_pushed(builder.pushed() - 2);
  builder.start_table();
  builder.add_ref(bundled::BundledMethodTestCase::slot_of_inputs, inputs);
  builder.add_ref(bundled::BundledMethodTestCase::slot_of_expected_outputs, outputs);
  return builder.end_table();
}

}  // namespace

FileBytes small_bundle() {
  const FileBytes add = small_program(0);
  FileBytes room(8192);
  FlatbufferBuilder builder(room.data(), room.size());
  const Ref program = builder.vector(add.data(), add.size(), 1, kAlignment);
  const Ref name = builder.string("forward");
  const Ref cases[2] = {test_case(builder, 1, 2, 5), test_case(builder, -1, 0.5F, 0)};
  for (const Ref each : cases) builder.push(each);
  const Ref all = builder.vector_of_pushed(0);
  builder.start_table();
  builder.add_ref(bundled::BundledMethodTestSuite::slot_of_method_name, name);
  builder.add_ref(bundled::BundledMethodTestSuite::slot_of_test_cases, all);
  builder.push(builder.end_table());
  const Ref suites = builder.vector_of_pushed(0);
  builder.start_table();
  builder.add<uint32_t>(bundled::BundledProgram::slot_of_version, 0);
  builder.add_ref(bundled::BundledProgram::slot_of_method_test_suites, suites);
  builder.add_ref(bundled::BundledProgram::slot_of_program, program);
  const auto bytes = builder.finish(builder.end_table(), "BP08");
  return {bytes.data, bytes.data + bytes.size};
}

}  // namespace etbuild::testing
