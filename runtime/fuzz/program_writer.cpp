#include "program_writer.h"

#include <cstring>

namespace etbuild::testing {

namespace pte = executorch_flatbuffer;
using pte::InstructionArguments;
using pte::KernelTypes;

namespace {

constexpr size_t kRoom = 1 << 16;
constexpr size_t kHeaderSize = 32;
constexpr size_t kSegmentAlignment = 128;

size_t round_up(size_t size, size_t unit) { return (size + unit - 1) / unit * unit; }

void put(FileBytes& file, size_t at, uint64_t number, size_t width) { std::memcpy(&file[at], &number, width); }

}  // namespace

ProgramWriter::ProgramWriter() : room_(kRoom), builder_(room_.data(), room_.size()) {}

int32_t ProgramWriter::value(KernelTypes type, Ref table) {
  builder_.start_table();
  builder_.add(uint16_t{pte::EValue::slot_of_val - 2}, type);
  builder_.add_ref(pte::EValue::slot_of_val, table);
  values_.push_back(builder_.end_table());
  return static_cast<int32_t>(values_.size()) - 1;
}

ProgramWriter::Ref ProgramWriter::one_field(uint16_t slot, Ref field) {
  builder_.start_table();
  builder_.add_ref(slot, field);
  return builder_.end_table();
}

ProgramWriter::Ref ProgramWriter::vector_of(const Refs& refs) {
  for (const Ref ref : refs) builder_.push(ref);
  return builder_.vector_of_pushed(0);
}

int32_t ProgramWriter::null() { return value(KernelTypes::Null, one_field(4, 0)); }

int32_t ProgramWriter::whole(int64_t number) {
  builder_.start_table();
  builder_.add(pte::Int::slot_of_int_val, number);
  return value(KernelTypes::Int, builder_.end_table());
}

int32_t ProgramWriter::truth(bool truth) {
  builder_.start_table();
  builder_.add(pte::Bool::slot_of_bool_val, uint8_t{truth});
  return value(KernelTypes::Bool, builder_.end_table());
}

int32_t ProgramWriter::real(double number) {
  builder_.start_table();
  builder_.add(pte::Double::slot_of_double_val, number);
  return value(KernelTypes::Double, builder_.end_table());
}

int32_t ProgramWriter::text(std::string_view text) {
  return value(KernelTypes::String, one_field(pte::String::slot_of_string_val, builder_.string(text)));
}

int32_t ProgramWriter::tensor(const TensorSpec& spec) {
  std::vector<uint8_t> order(spec.sizes.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = static_cast<uint8_t>(i);
  const Ref sizes = builder_.vector(spec.sizes.data(), spec.sizes.size());
  const Ref dim_order = builder_.vector(order.data(), order.size());
  Ref place = 0;
  if (spec.memory != 0) {
    builder_.start_table();
    builder_.add(pte::AllocationDetails::slot_of_memory_id, spec.memory);
    builder_.add(pte::AllocationDetails::slot_of_memory_offset_low, spec.offset);
    builder_.add<uint32_t>(pte::AllocationDetails::slot_of_memory_offset_high, 0);
    place = builder_.end_table();
  }
  Ref extra = 0;
  if (!spec.name.empty()) {
    const Ref name = builder_.string(spec.name);
    builder_.start_table();
    builder_.add<uint64_t>(pte::ExtraTensorInfo::slot_of_mutable_data_segments_idx, 0);
    builder_.add_ref(pte::ExtraTensorInfo::slot_of_fully_qualified_name, name);
    builder_.add(pte::ExtraTensorInfo::slot_of_location, uint8_t{spec.external});
    extra = builder_.end_table();
  }
  builder_.start_table();
  builder_.add(pte::Tensor::slot_of_scalar_type, spec.type);
  builder_.add<int32_t>(pte::Tensor::slot_of_storage_offset, 0);
  builder_.add_ref(pte::Tensor::slot_of_sizes, sizes);
  builder_.add_ref(pte::Tensor::slot_of_dim_order, dim_order);
  builder_.add(pte::Tensor::slot_of_data_buffer_idx, spec.constant);
  builder_.add_ref(pte::Tensor::slot_of_allocation_info, place);
  builder_.add(pte::Tensor::slot_of_shape_dynamism, spec.dynamism);
  builder_.add_ref(pte::Tensor::slot_of_extra_tensor_info, extra);
  return value(KernelTypes::Tensor, builder_.end_table());
}

int32_t ProgramWriter::ints(const std::vector<int64_t>& indices) {
  const Ref items = builder_.vector(indices.data(), indices.size());
  return value(KernelTypes::IntList, one_field(pte::IntList::slot_of_items, items));
}

int32_t ProgramWriter::reals(const std::vector<double>& numbers) {
  const Ref items = builder_.vector(numbers.data(), numbers.size());
  return value(KernelTypes::DoubleList, one_field(pte::DoubleList::slot_of_items, items));
}

int32_t ProgramWriter::truths(const std::vector<uint8_t>& values) {
  const Ref items = builder_.vector(values.data(), values.size());
  return value(KernelTypes::BoolList, one_field(pte::BoolList::slot_of_items, items));
}

int32_t ProgramWriter::tensors(const std::vector<int32_t>& indices) {
  const Ref items = builder_.vector(indices.data(), indices.size());
  return value(KernelTypes::TensorList, one_field(pte::TensorList::slot_of_items, items));
}

int32_t ProgramWriter::optional_tensors(const std::vector<int32_t>& indices) {
  const Ref items = builder_.vector(indices.data(), indices.size());
  return value(KernelTypes::OptionalTensorList, one_field(pte::OptionalTensorList::slot_of_items, items));
}

int32_t ProgramWriter::op(std::string_view name, std::string_view overload) {
  const Ref names[2] = {builder_.string(name), builder_.string(overload)};
  builder_.start_table();
  builder_.add_ref(pte::Operator::slot_of_name, names[0]);
  builder_.add_ref(pte::Operator::slot_of_overload, names[1]);
  operators_.push_back(builder_.end_table());
  return static_cast<int32_t>(operators_.size()) - 1;
}

int32_t ProgramWriter::delegate(std::string_view id, bool in_segment, uint32_t index, std::string_view key,
                                std::string_view value) {
  const Ref texts[3] = {builder_.string(id), builder_.string(key), builder_.vector(value.data(), value.size(), 1, 1)};
  builder_.start_table();
  builder_.add_ref(pte::CompileSpec::slot_of_key, texts[1]);
  builder_.add_ref(pte::CompileSpec::slot_of_value, texts[2]);
  const Ref specs = vector_of({builder_.end_table()});
  builder_.start_table();
  builder_.add(pte::BackendDelegateDataReference::slot_of_location, uint8_t{in_segment});
  builder_.add(pte::BackendDelegateDataReference::slot_of_index, index);
  const Ref processed = builder_.end_table();
  builder_.start_table();
  builder_.add_ref(pte::BackendDelegate::slot_of_id, texts[0]);
  builder_.add_ref(pte::BackendDelegate::slot_of_processed, processed);
  builder_.add_ref(pte::BackendDelegate::slot_of_compile_specs, specs);
  delegates_.push_back(builder_.end_table());
  return static_cast<int32_t>(delegates_.size()) - 1;
}

void ProgramWriter::instruction(InstructionArguments type, Ref table) {
  builder_.start_table();
  builder_.add(uint16_t{pte::Instruction::slot_of_instr_args - 2}, type);
  builder_.add_ref(pte::Instruction::slot_of_instr_args, table);
  instructions_.push_back(builder_.end_table());
}

void ProgramWriter::call(int32_t op, const std::vector<int32_t>& arguments) {
  const Ref args = builder_.vector(arguments.data(), arguments.size());
  builder_.start_table();
  builder_.add(pte::KernelCall::slot_of_op_index, op);
  builder_.add_ref(pte::KernelCall::slot_of_args, args);
  instruction(InstructionArguments::KernelCall, builder_.end_table());
}

void ProgramWriter::call_delegate(int32_t delegate, const std::vector<int32_t>& arguments) {
  const Ref args = builder_.vector(arguments.data(), arguments.size());
  builder_.start_table();
  builder_.add(pte::DelegateCall::slot_of_delegate_index, delegate);
  builder_.add_ref(pte::DelegateCall::slot_of_args, args);
  instruction(InstructionArguments::DelegateCall, builder_.end_table());
}

void ProgramWriter::move(int32_t from, int32_t to) {
  builder_.start_table();
  builder_.add(pte::MoveCall::slot_of_move_from, from);
  builder_.add(pte::MoveCall::slot_of_move_to, to);
  instruction(InstructionArguments::MoveCall, builder_.end_table());
}

void ProgramWriter::jump_unless(int32_t condition, int32_t target) {
  builder_.start_table();
  builder_.add(pte::JumpFalseCall::slot_of_cond_value_index, condition);
  builder_.add(pte::JumpFalseCall::slot_of_destination_instruction, target);
  instruction(InstructionArguments::JumpFalseCall, builder_.end_table());
}

void ProgramWriter::free(int32_t value, bool later) {
  builder_.start_table();
  for (uint16_t slot = 6; later && slot < 12; slot += 2) builder_.add<uint8_t>(slot, 0xff);
  builder_.add(pte::FreeCall::slot_of_value_index, value);
  instruction(InstructionArguments::FreeCall, builder_.end_table());
}

// Of one frame, for the first instruction.
ProgramWriter::Ref ProgramWriter::stacktrace() {
  const Ref name = builder_.string("forward");
  builder_.start_table();
  builder_.add_ref(pte::Frame::slot_of_name, name);
  builder_.add<int32_t>(pte::Frame::slot_of_lineno, 7);
  const Ref frames = vector_of({builder_.end_table()});
  return vector_of({one_field(pte::FrameList::slot_of_items, frames)});
}

void ProgramWriter::method(std::string_view name, const std::vector<int32_t>& inputs,
                           const std::vector<int32_t>& outputs, const std::vector<int64_t>& memories) {
  const Ref frames = stacktrace();
  const Ref instructions = vector_of(instructions_);
  const Ref ins = builder_.vector(inputs.data(), inputs.size());
  const Ref outs = builder_.vector(outputs.data(), outputs.size());
  builder_.start_table();
  builder_.add_ref(pte::Chain::slot_of_inputs, ins);
  builder_.add_ref(pte::Chain::slot_of_outputs, outs);
  builder_.add_ref(pte::Chain::slot_of_instructions, instructions);
  builder_.add_ref(pte::Chain::slot_of_stacktrace, frames);
  const Ref chains = vector_of({builder_.end_table()});
  const Ref meta = one_field(pte::ContainerMetadata::slot_of_encoded_out_str, builder_.string("$"));
  const Ref values = vector_of(values_);
  const Ref operators = vector_of(operators_);
  const Ref delegates = vector_of(delegates_);
  std::vector<int64_t> sizes = {0};  // Memories are counted from 1.
  sizes.insert(sizes.end(), memories.begin(), memories.end());
  const Ref planned = builder_.vector(sizes.data(), sizes.size());
  const Ref title = builder_.string(name);
  builder_.start_table();
  builder_.add_ref(pte::ExecutionPlan::slot_of_name, title);
  builder_.add_ref(pte::ExecutionPlan::slot_of_container_meta_type, meta);
  builder_.add_ref(pte::ExecutionPlan::slot_of_values, values);
  builder_.add_ref(pte::ExecutionPlan::slot_of_inputs, ins);
  builder_.add_ref(pte::ExecutionPlan::slot_of_outputs, outs);
  builder_.add_ref(pte::ExecutionPlan::slot_of_chains, chains);
  builder_.add_ref(pte::ExecutionPlan::slot_of_operators, operators);
  builder_.add_ref(pte::ExecutionPlan::slot_of_delegates, delegates);
  builder_.add_ref(pte::ExecutionPlan::slot_of_non_const_buffer_sizes, planned);
  plans_.push_back(builder_.end_table());
  for (Refs* refs : {&values_, &operators_, &delegates_, &instructions_}) refs->clear();
}

void ProgramWriter::inline_delegate_data(const FileBytes& bytes) {
  const Ref data = builder_.vector(bytes.data(), bytes.size(), 1, 16);
  blobs_.push_back(one_field(pte::BackendDelegateInlineData::slot_of_data, data));
}

uint32_t ProgramWriter::segment(const FileBytes& bytes) {
  segments_.push_back(bytes);
  return static_cast<uint32_t>(segments_.size()) - 1;
}

ProgramWriter::Ref ProgramWriter::subsegments(uint32_t segment, const std::vector<uint64_t>& offsets) {
  const Ref all = builder_.vector(offsets.data(), offsets.size());
  builder_.start_table();
  builder_.add(pte::SubsegmentOffsets::slot_of_segment_index, segment);
  builder_.add_ref(pte::SubsegmentOffsets::slot_of_offsets, all);
  return builder_.end_table();
}

void ProgramWriter::constants(uint32_t segment, const std::vector<uint64_t>& offsets) {
  constant_segment_ = subsegments(segment, offsets);
}

void ProgramWriter::state(uint32_t segment, const std::vector<uint64_t>& offsets) {
  states_.push_back(subsegments(segment, offsets));
}

void ProgramWriter::named(std::string_view key, uint32_t segment) {
  const Ref text = builder_.string(key);
  builder_.start_table();
  builder_.add_ref(pte::NamedData::slot_of_key, text);
  builder_.add(pte::NamedData::slot_of_segment_index, segment);
  named_.push_back(builder_.end_table());
}

FileBytes ProgramWriter::finish() {
  if (constant_segment_ == 0) constants(0, {0});  // The reserved one is always there.
  Refs segments;
  uint64_t offset = 0;
  for (const FileBytes& segment : segments_) {
    builder_.start_table();
    builder_.add(pte::DataSegment::slot_of_offset, offset);
    builder_.add<uint64_t>(pte::DataSegment::slot_of_size, segment.size());
    segments.push_back(builder_.end_table());
    offset += round_up(segment.size(), kSegmentAlignment);
  }
  // What there is none of is absent, but for the plans.
  const auto vector_if_any = [this](const Refs& refs) { return refs.empty() ? 0 : vector_of(refs); };
  const Ref plans = vector_of(plans_);
  const Ref blobs = vector_if_any(blobs_);
  const Ref all_segments = vector_if_any(segments);
  const Ref states = vector_if_any(states_);
  const Ref named = vector_if_any(named_);
  builder_.start_table();
  builder_.add<uint32_t>(pte::Program::slot_of_version, 0);
  builder_.add_ref(pte::Program::slot_of_execution_plan, plans);
  builder_.add_ref(pte::Program::slot_of_backend_delegate_data, blobs);
  builder_.add_ref(pte::Program::slot_of_segments, all_segments);
  builder_.add_ref(pte::Program::slot_of_constant_segment, constant_segment_);
  builder_.add_ref(pte::Program::slot_of_mutable_data_segments, states);
  builder_.add_ref(pte::Program::slot_of_named_data, named);
  const auto bytes = builder_.finish(builder_.end_table(), "ET12");
  if (segments_.empty()) return {bytes.data, bytes.data + bytes.size};
  return with_segments(bytes.data, bytes.size);
}

// Puts the extended header behind the identifier, and the segments behind all.
FileBytes ProgramWriter::with_segments(const uint8_t* data, size_t size) const {
  FileBytes file(data, data + 8);
  uint32_t root = 0;
  std::memcpy(&root, data, sizeof(root));
  put(file, 0, root + kHeaderSize, 4);
  file.resize(8 + kHeaderSize);
  std::memcpy(&file[8], "eh00", 4);
  put(file, 12, kHeaderSize, 4);
  file.insert(file.end(), data + 8, data + size);
  const size_t base = round_up(file.size(), kSegmentAlignment);
  put(file, 16, file.size(), 8);
  put(file, 24, base, 8);
  for (const FileBytes& segment : segments_) {
    file.resize(round_up(file.size(), kSegmentAlignment));
    file.insert(file.end(), segment.begin(), segment.end());
  }
  put(file, 32, file.size() - base, 8);
  return file;
}

}  // namespace etbuild::testing
