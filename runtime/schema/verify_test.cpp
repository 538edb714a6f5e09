// Each thing that can be wrong with a flatbuffer's structure, alone, in files that are otherwise sound.

#include "verify.h"

#include <cstdint>
#include <cstring>
#include <tuple>

#include "bundled_program_schema.h"
#include "check.h"
#include "flat_tensor_schema.h"
#include "flatbuffer_builder.h"
#include "program_schema.h"

using executorch::runtime::Error;
using executorch::runtime::internal::FlatbufferBuilder;
using executorch::runtime::internal::verify_bundled_program_structure;
using executorch::runtime::internal::verify_flat_tensor_structure;
using executorch::runtime::internal::verify_program_structure;
using Ref = FlatbufferBuilder::Ref;
namespace pte = executorch_flatbuffer;

namespace {

alignas(32) uint8_t buffer[32768];

// A program of one plan with one field, whose reference is given.
struct File {
  FlatbufferBuilder builder{buffer, sizeof(buffer)};
  FlatbufferBuilder::Bytes bytes{};

  Ref table(uint16_t slot, Ref field) {
    builder.start_table();
    builder.add_ref(slot, field);
    return builder.end_table();
  }

  Ref one(Ref table) {
    builder.push(table);
    return builder.vector_of_pushed(builder.pushed() - 1);
  }

  Ref value(pte::KernelTypes type, Ref table) {
    builder.start_table();
    builder.add(uint16_t{pte::EValue::slot_of_val - 2}, type);
    builder.add_ref(pte::EValue::slot_of_val, table);
    return builder.end_table();
  }

  void finish(uint16_t slot_of_plan, Ref field) {
    const Ref plans = one(table(slot_of_plan, field));
    bytes = builder.finish(table(pte::Program::slot_of_execution_plan, plans), "ET12");
  }

  bool is_sound() const { return verify_program_structure(bytes.data, bytes.size) == Error::Ok; }

  const pte::ExecutionPlan* plan() const {
    return static_cast<const pte::Program*>(flatbuffers::follow(bytes.data))->execution_plan()->Get(0);
  }
};

// The bytes of what accessors gave, to damage them.
template <typename T>
uint8_t* bytes_of(const T* found) {
  return const_cast<uint8_t*>(reinterpret_cast<const uint8_t*>(found));
}

// The vtable of a table, as numbers.
template <typename T>
uint16_t* vtable_of(const T* table) {
  int32_t back = 0;
  std::memcpy(&back, table, sizeof(back));
  return reinterpret_cast<uint16_t*>(bytes_of(table) - back);
}

}  // namespace

TEST(bytes_that_are_no_program_are_refused) {
  alignas(8) uint8_t bytes[16] = {12, 0, 0, 0, 'E', 'T', '1', '1', 4, 0, 4, 0, 4, 0, 0, 0};
  CHECK(verify_program_structure(bytes, sizeof(bytes)) == Error::InvalidProgram);
  bytes[7] = '2';
  CHECK(verify_program_structure(bytes, sizeof(bytes)) == Error::Ok);
  CHECK(verify_program_structure(bytes, 0) == Error::InvalidProgram);
  CHECK(verify_program_structure(bytes + 1, sizeof(bytes) - 1) == Error::InvalidProgram);
}

TEST(a_program_without_fields_is_sound_and_its_vectors_are_empty) {
  // Root reference, identifier, vtable {4, 4}, table {back to the vtable}.
  alignas(8) const uint8_t bytes[16] = {12, 0, 0, 0, 'E', 'T', '1', '2', 4, 0, 4, 0, 4, 0, 0, 0};
  CHECK(verify_program_structure(bytes, sizeof(bytes)) == Error::Ok);
  const auto* program = static_cast<const pte::Program*>(flatbuffers::follow(bytes));
  CHECK(program->version() == 0);
  CHECK(program->execution_plan()->empty());
  CHECK(program->constant_segment() == nullptr);
}

TEST(a_string_ends_with_a_zero_byte_inside) {
  File file;
  file.finish(pte::ExecutionPlan::slot_of_name, file.builder.string("forward"));
  CHECK(file.is_sound());
  uint8_t* const end = bytes_of(file.plan()->name()->c_str() + 7);
  *end = 1;
  CHECK(!file.is_sound());
  *end = 0;
  // Without the byte behind the last.
  file.bytes.size = static_cast<size_t>(end - file.bytes.data);
  CHECK(!file.is_sound());
}

TEST(a_table_may_share_the_vtable_of_a_shorter_one) {
  // As FlatBuffers' Python library writes them before 25.9: fields end behind what the vtable says of the table's size.
  File file;
  file.finish(pte::ExecutionPlan::slot_of_name, file.builder.string("forward"));
  uint16_t* const vtable = vtable_of(file.plan());
  CHECK(vtable[1] == 8);
  vtable[1] = 4;
  CHECK(file.is_sound());
  // But not behind the file.
  vtable[2] = static_cast<uint16_t>(file.bytes.data + file.bytes.size - bytes_of(file.plan()));
  CHECK(!file.is_sound());
}

TEST(elements_are_aligned_to_their_size) {
  File file;
  const int32_t numbers[6] = {0, 0, 1, 0, 0, 0};
  const Ref list = file.builder.vector(numbers, 6);
  file.finish(pte::ExecutionPlan::slot_of_inputs, list);
  CHECK(file.is_sound());
  // The same bytes as a vector of one element of 8 bytes, aligned and not.
  uint16_t* const vtable = vtable_of(file.plan());
  CHECK(vtable[0] == 4 + 2 * 4);
  for (const size_t at : {0, 1}) {
    File other;
    other.builder.vector(numbers, at);
    const Ref longs = other.builder.vector(numbers, 3, 4, 4);
    other.finish(pte::ExecutionPlan::slot_of_non_const_buffer_sizes, longs);
    auto* const length = bytes_of(other.plan()->non_const_buffer_sizes());
    const uint32_t one = 1;
    std::memcpy(length, &one, sizeof(one));
    CHECK(other.is_sound() == (reinterpret_cast<uintptr_t>(length) % 8 == 4));
  }
}

TEST(a_list_of_bools_holds_zeros_and_ones) {
  File file;
  const uint8_t bools[3] = {0, 1, 1};
  const Ref list = file.table(pte::BoolList::slot_of_items, file.builder.vector(bools, 3));
  file.finish(pte::ExecutionPlan::slot_of_values, file.one(file.value(pte::KernelTypes::BoolList, list)));
  CHECK(file.is_sound());
  *bytes_of(file.plan()->values()->Get(0)->val_as_BoolList()->items()->data() + 1) = 2;
  CHECK(!file.is_sound());
}

TEST(a_value_has_a_known_type_and_what_it_says) {
  for (const auto& [type, has_value, sound] : {std::tuple{0, false, false},
                                               {0, true, false},
                                               {1, true, true},
                                               {11, true, true},
                                               {1, false, false},
                                               {12, true, false},
                                               {255, true, false}}) {
    File file;
    const Ref null = has_value ? file.table(4, 0) : 0;
    const Ref value = file.value(static_cast<pte::KernelTypes>(type), null);
    file.finish(pte::ExecutionPlan::slot_of_values, file.one(value));
    CHECK(file.is_sound() == sound);
  }
}

TEST(a_delegate_says_where_its_bytes_are) {
  for (const bool is_there : {false, true}) {
    File file;
    const Ref place = is_there ? file.table(4, 0) : 0;
    const Ref delegate = file.table(pte::BackendDelegate::slot_of_processed, place);
    file.finish(pte::ExecutionPlan::slot_of_delegates, file.one(delegate));
    CHECK(file.is_sound() == is_there);
  }
}

TEST(a_field_is_inside_the_file_and_aligned) {
  File file;
  file.finish(pte::ExecutionPlan::slot_of_name, file.builder.string("f"));
  uint16_t* const vtable = vtable_of(file.plan());
  CHECK(vtable[1] == 8 && vtable[2] == 4);
  for (const uint16_t offset : {uint16_t{0}, uint16_t{1}, uint16_t{2}, uint16_t{5}, uint16_t{65535}}) {
    vtable[2] = offset;
    CHECK(file.is_sound() == (offset == 0));
  }
  vtable[2] = 4;
  vtable[1] = 65535;
  CHECK(!file.is_sound());
}

TEST(a_vtable_is_inside_and_of_whole_entries) {
  File file;
  file.finish(pte::ExecutionPlan::slot_of_name, file.builder.string("f"));
  uint16_t* const vtable = vtable_of(file.plan());
  for (const uint16_t entries : {0, 2, 3, 4, 5, 6, 7, 65534}) {
    vtable[0] = entries;
    CHECK(file.is_sound() == (entries == 4 || entries == 6));
  }
  vtable[0] = 6;
  for (const int32_t back : {1, 0x7fffffff, -0x7fffffff - 1, -100000, 100000}) {
    std::memcpy(bytes_of(file.plan()), &back, sizeof(back));
    CHECK(!file.is_sound());
  }
}

TEST(fields_that_a_later_schema_added_are_not_looked_at) {
  File file;
  file.builder.start_table();
  file.builder.add<uint32_t>(40, 0xffffffff);
  file.builder.push(file.builder.end_table());
  const Ref plans = file.builder.vector_of_pushed(0);
  file.bytes = file.builder.finish(file.table(pte::Program::slot_of_execution_plan, plans), "ET12");
  CHECK(file.is_sound());
}

TEST(tables_may_be_shared_but_not_so_that_a_walk_explodes) {
  for (const size_t count : {size_t{4}, size_t{1000}}) {
    File file;
    const Ref frame = file.table(4, 0);
    for (size_t i = 0; i < count; ++i) file.builder.push(frame);
    const Ref frames = file.table(pte::FrameList::slot_of_items, file.builder.vector_of_pushed(0));
    for (size_t i = 0; i < count; ++i) file.builder.push(frames);
    const Ref chain = file.table(pte::Chain::slot_of_stacktrace, file.builder.vector_of_pushed(0));
    file.finish(pte::ExecutionPlan::slot_of_chains, file.one(chain));
    CHECK(file.bytes.size != 0);
    CHECK(file.is_sound() == (count == 4));
  }
}

TEST(bytes_that_many_share_cost_nothing_but_words_do) {
  for (const size_t width : {size_t{1}, size_t{4}}) {
    File file;
    static const uint8_t blob[16384] = {};
    const Ref shared = file.builder.vector(blob, sizeof(blob) / width, width, 16);
    for (size_t i = 0; i < 100; ++i) {
      const uint16_t slot = width == 1 ? pte::Tensor::slot_of_dim_order : pte::Tensor::slot_of_sizes;
      const Ref tensor = file.table(slot, shared);
      file.builder.push(file.value(pte::KernelTypes::Tensor, tensor));
    }
    file.finish(pte::ExecutionPlan::slot_of_values, file.builder.vector_of_pushed(0));
    CHECK(file.bytes.size != 0);
    CHECK(file.is_sound() == (width == 1));
  }
}

TEST(a_file_of_tensors_has_its_own_identifier_and_error) {
  namespace ptd = flat_tensor_flatbuffer;
  File file;
  const int32_t sizes[2] = {2, 3};
  const Ref layout = file.table(ptd::TensorLayout::slot_of_sizes, file.builder.vector(sizes, 2));
  const Ref key = file.builder.string("weight");
  file.builder.start_table();
  file.builder.add_ref(ptd::NamedData::slot_of_key, key);
  file.builder.add_ref(ptd::NamedData::slot_of_tensor_layout, layout);
  const Ref named = file.one(file.builder.end_table());
  const auto bytes = file.builder.finish(file.table(ptd::FlatTensor::slot_of_named_data, named), "FT01");
  CHECK(verify_flat_tensor_structure(bytes.data, bytes.size) == Error::Ok);
  CHECK(verify_program_structure(bytes.data, bytes.size) == Error::InvalidProgram);
  const auto* entry = static_cast<const ptd::FlatTensor*>(flatbuffers::follow(bytes.data))->named_data()->Get(0);
  CHECK(entry->key()->view() == "weight");
  CHECK(entry->tensor_layout()->sizes()->Get(1) == 3);
  CHECK(verify_flat_tensor_structure(bytes.data, bytes.size / 2) == Error::InvalidExternalData);
}

TEST(a_bundled_program_is_read_with_its_cases) {
  namespace bundled = bundled_program_flatbuffer;
  File file;
  const Ref name = file.builder.string("forward");
  const Ref suite = file.table(bundled::BundledMethodTestSuite::slot_of_method_name, name);
  const Ref suites = file.one(suite);
  const Ref root = file.table(bundled::BundledProgram::slot_of_method_test_suites, suites);
  const auto bytes = file.builder.finish(root, "BP08");
  CHECK(verify_bundled_program_structure(bytes.data, bytes.size) == Error::Ok);
  const auto* program = static_cast<const bundled::BundledProgram*>(flatbuffers::follow(bytes.data));
  CHECK(program->method_test_suites()->Get(0)->method_name()->view() == "forward");
  CHECK(program->method_test_suites()->Get(0)->test_cases()->empty());
}

TEST_MAIN()
