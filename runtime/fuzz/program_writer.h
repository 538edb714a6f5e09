// Writes whole .pte files for tests: values, operators, instructions, then methods, then segments. Not for devices.
//
// Indices that it returns are those that instructions name. What is wrong is written as well as what is right.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "flatbuffer_builder.h"
#include "program_schema.h"

namespace etbuild::testing {

using FileBytes = std::vector<uint8_t>;

// A tensor as the file describes it. Without memory and constant it is given later: an input, an output.
struct TensorSpec {
  std::vector<int32_t> sizes = {2, 2};
  executorch_flatbuffer::ScalarType type = executorch_flatbuffer::ScalarType::FLOAT;
  uint32_t memory = 0;  // 0: no place in planned memory
  uint32_t offset = 0;
  uint32_t constant = 0;  // data_buffer_idx; with memory: initial state
  executorch_flatbuffer::TensorShapeDynamism dynamism = executorch_flatbuffer::TensorShapeDynamism::STATIC;
  std::string name;
  bool external = false;
};

class ProgramWriter {
 public:
  ProgramWriter();

  int32_t null();
  int32_t whole(int64_t number);
  int32_t truth(bool value);
  int32_t real(double number);
  int32_t text(std::string_view text);
  int32_t tensor(const TensorSpec& spec);
  int32_t ints(const std::vector<int64_t>& indices);
  int32_t reals(const std::vector<double>& numbers);
  int32_t truths(const std::vector<uint8_t>& values);
  int32_t tensors(const std::vector<int32_t>& indices);
  int32_t optional_tensors(const std::vector<int32_t>& indices);

  int32_t op(std::string_view name, std::string_view overload);
  int32_t delegate(std::string_view id, bool in_segment, uint32_t index, std::string_view key, std::string_view value);

  void call(int32_t op, const std::vector<int32_t>& arguments);
  void call_delegate(int32_t delegate, const std::vector<int32_t>& arguments);
  void move(int32_t from, int32_t to);
  void jump_unless(int32_t condition, int32_t instruction);
  // With a field of one byte that the schema does not have, if `later`.
  void free(int32_t value, bool later = false);

  // Ends a method: what was added since the last belongs to it. `memories` are the sizes of memory 1, 2, …
  void method(std::string_view name, const std::vector<int32_t>& inputs, const std::vector<int32_t>& outputs,
              const std::vector<int64_t>& memories);

  // Of the program.
  void inline_delegate_data(const FileBytes& bytes);
  uint32_t segment(const FileBytes& bytes);
  // Offsets of constants 0, 1, … in a segment; the first is reserved.
  void constants(uint32_t segment, const std::vector<uint64_t>& offsets);
  void state(uint32_t segment, const std::vector<uint64_t>& offsets);
  void named(std::string_view key, uint32_t segment);

  FileBytes finish();

 private:
  using Ref = executorch::runtime::internal::FlatbufferBuilder::Ref;
  using Refs = std::vector<Ref>;

  int32_t value(executorch_flatbuffer::KernelTypes type, Ref table);
  void instruction(executorch_flatbuffer::InstructionArguments type, Ref table);
  Ref vector_of(const Refs& refs);
  Ref one_field(uint16_t slot, Ref field);
  Ref subsegments(uint32_t segment, const std::vector<uint64_t>& offsets);
  Ref stacktrace();
  FileBytes with_segments(const uint8_t* data, size_t size) const;

  std::vector<uint8_t> room_;
  executorch::runtime::internal::FlatbufferBuilder builder_;
  Refs values_, operators_, delegates_, instructions_;
  Refs plans_, blobs_, states_, named_;
  Ref constant_segment_ = 0;
  std::vector<FileBytes> segments_;
};

}  // namespace etbuild::testing
