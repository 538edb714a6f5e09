#include <executorch/runtime/executor/program.h>

#include <executorch/runtime/core/event_tracer_hooks.h>
#include <executorch/runtime/executor/program_validation.h>
#include <executorch/runtime/platform/profiler.h>

#include <cstddef>
#include <cstring>
#include <new>

#include "extended_header.h"
#include "plan.h"
#include "segments.h"
#include "verify.h"

namespace executorch::runtime {
namespace {

using SegmentType = DataLoader::SegmentInfo::Type;

// Where the identifier of a program stands, behind the root offset; ET12.
constexpr size_t kIdentifier = 4;

// Reads the header, or says what holds for a file without one: all of it is the program.
Error read_header(const DataLoader* loader, internal::ExtendedHeader* header, size_t file_size) {
  FreeableBuffer head;
  ET_CHECK_OK_OR_RETURN_ERROR(
      internal::load_bytes(loader, 0, Program::kMinHeadBytes, DataLoader::SegmentInfo(SegmentType::Program), head));
  const Error error = header->read(head.data(), head.size());
  if (error == Error::NotFound) {
    *header = {file_size, 0, 0};
    return Error::Ok;
  }
  ET_CHECK_OR_RETURN_ERROR(error == Error::Ok, InvalidProgram, "Extended header may be corrupt");
  const size_t expected =
      header->segment_data_size == 0 ? header->program_size : header->segment_base_offset + header->segment_data_size;
  ET_CHECK_OR_RETURN_ERROR(expected <= file_size, InvalidProgram,
                           "File size is too small. Expected file size from extended header is %zu, actual file size "
                           "from data loader is %zu",
                           expected, file_size);
  return Error::Ok;
}

// What a Program is made of, to be filled.
struct Parts {
  internal::ExtendedHeader header;
  FreeableBuffer& data;
  const executorch_flatbuffer::Program*& program;
  // All constants at once: tensors point into them. Empty if there are none.
  FreeableBuffer& constants;
};

// Constants inside the flatbuffer were given up in 2024; the official library refuses them, too.
Error load_constants(DataLoader* loader, const executorch_flatbuffer::SubsegmentOffsets* constants,
                     const internal::Segments* segments, size_t base_offset, FreeableBuffer& place) {
  const size_t count = constants == nullptr ? 0 : constants->offsets()->size();
  ET_CHECK_OR_RETURN_ERROR(count > 0, InvalidProgram,
                           "Constants must be in a segment, not inside the program: export it again");
  // The first entry is reserved, and refers to nothing.
  if (count == 1) return Error::Ok;
  const uint32_t index = constants->segment_index();
  ET_CHECK_OR_RETURN_ERROR(index < segments->size(), InvalidProgram,
                           "Constant segment index %u invalid for program segments range %u",
                           static_cast<unsigned>(index), static_cast<unsigned>(segments->size()));
  return internal::load_segment(loader, segments, base_offset, DataLoader::SegmentInfo(SegmentType::Constant, index),
                                place);
}

Error load_parts(DataLoader* loader, Program::Verification verification, Parts& parts) {
  const auto size = loader->size();
  if (!size.ok()) return size.error();
  const size_t file_size = *size;
  internal::ExtendedHeader& header = parts.header;
  ET_CHECK_OK_OR_RETURN_ERROR(read_header(loader, &header, file_size));
  ET_CHECK_OK_OR_RETURN_ERROR(
      internal::load_bytes(loader, 0, header.program_size, DataLoader::SegmentInfo(SegmentType::Program), parts.data));
  const void* data = parts.data.data();
  ET_CHECK_OR_RETURN_ERROR(reinterpret_cast<uintptr_t>(data) % alignof(std::max_align_t) == 0, InvalidArgument,
                           "Program data 0x%p must be aligned to %zu", data, alignof(std::max_align_t));
  // One walk, whatever the caller asks for: what follows believes offsets.
  ET_CHECK_OK_OR_RETURN_ERROR(internal::verify_program_structure(data, parts.data.size()));
  const auto* program = static_cast<const executorch_flatbuffer::Program*>(flatbuffers::follow(data));
  parts.program = program;
  ET_CHECK_OR_RETURN_ERROR(program->version() <= Program::kMaxSupportedSchemaVersion, InvalidProgram,
                           "Program schema version %u is newer than the highest this runtime supports (%u). Export the "
                           "model with an older ExecuTorch, or update the runtime.",
                           static_cast<unsigned>(program->version()),
                           static_cast<unsigned>(Program::kMaxSupportedSchemaVersion));
  const auto* segments = program->segments();
  ET_CHECK_OK_OR_RETURN_ERROR(
      internal::check_segments(segments, header.segment_base_offset, header.segment_data_size, file_size));
  ET_CHECK_OK_OR_RETURN_ERROR(
      load_constants(loader, program->constant_segment(), segments, header.segment_base_offset, parts.constants));
  if (verification != Program::Verification::InternalConsistency) return Error::Ok;
  return validate_program(program);
}

const executorch_flatbuffer::ExecutionPlan* find_plan(const executorch_flatbuffer::Program* program, const char* name) {
  const auto* plans = program->execution_plan();
  for (uint32_t index = 0; index < plans->size(); ++index) {
    if (std::strcmp(plans->Get(index)->name()->c_str(), name) == 0) return plans->Get(index);
  }
  ET_LOG(Error, "No method named '%s' in program", name);
  return nullptr;
}

}  // namespace

Result<Program> Program::load(DataLoader* loader, Verification verification) {
  EXECUTORCH_SCOPE_PROF("Program::load");
  // Filled where the caller wants it, since a program is large to move. Flat, an empty one is some constants.
  std::optional<internal::PteDataMap> no_data{};
  const auto make = [&]() __attribute__((flatten)) {
    return Result<Program>(Program(nullptr, 0, FreeableBuffer(), nullptr, FreeableBuffer(), std::move(no_data)));
  };
  Result<Program> made = make();
  Program& program = *made;
  Parts parts{{}, program.program_data_, program.internal_program_, program.constant_segment_data_};
  const Error error = load_parts(loader, verification, parts);
  if (error != Error::Ok) {
    made.~Result();
    new (&made) Result<Program>(error);
    return made;
  }
  const size_t base_offset = parts.header.segment_base_offset;
  program.segment_base_offset_ = base_offset;
  if (base_offset > 0) program.loader_ = loader;
  const auto* named_data = parts.program->named_data();
  if (!named_data->empty()) {
    auto map = internal::PteDataMap::create(loader, base_offset, named_data, parts.program->segments());
    // Cannot fail: nothing of it is null.
    program.pte_data_map_.emplace(std::move(map.get()));
  }
  return made;
}

Program::HeaderStatus Program::check_header(const void* data, size_t size) {
  if (size < kMinHeadBytes) return HeaderStatus::ShortData;
  const auto* identifier = static_cast<const char*>(data) + kIdentifier;
  if (std::memcmp(identifier, "ET12", 4) == 0) return HeaderStatus::CompatibleVersion;
  return identifier[0] == 'E' && identifier[1] == 'T' ? HeaderStatus::IncompatibleVersion : HeaderStatus::NotPresent;
}

size_t Program::num_methods() const { return internal_program_->execution_plan()->size(); }

Result<const char*> Program::get_method_name(size_t method_index) const {
  ET_CHECK_OR_RETURN_ERROR(method_index < num_methods(), InvalidArgument, "Plan index %zu >= num methods %zu",
                           method_index, num_methods());
  return internal_program_->execution_plan()->Get(static_cast<uint32_t>(method_index))->name()->c_str();
}

Result<Method> Program::load_method(const char* method_name, MemoryManager* memory_manager, EventTracer* event_tracer,
                                    const NamedDataMap* named_data_map, const LoadBackendOptionsMap* backend_options,
                                    Span<const Kernel> kernel_registry) const {
  EXECUTORCH_SCOPE_PROF("Program::load_method");
  internal::event_tracer_create_event_block(event_tracer, "Default");
  const internal::EventTracerProfileMethodScope scope(event_tracer, "Program::load_method");
  // There is no way to run without one.
  if (memory_manager == nullptr || memory_manager->method_allocator() == nullptr) return Error::InvalidState;
  const auto* plan = find_plan(internal_program_, method_name);
  if (plan == nullptr) return Error::InvalidArgument;
  return Method::load(const_cast<executorch_flatbuffer::ExecutionPlan*>(plan), this, memory_manager, event_tracer,
                      named_data_map, backend_options, kernel_registry);
}

Result<MethodMeta> Program::method_meta(const char* method_name) const {
  const auto* plan = find_plan(internal_program_, method_name);
  if (plan == nullptr) return Error::InvalidArgument;
  return MethodMeta(plan);
}

Result<const char*> Program::get_output_flattening_encoding(const char* method_name) const {
  const auto* plan = find_plan(internal_program_, method_name);
  if (plan == nullptr) return Error::InvalidArgument;
  ET_CHECK_OR_RETURN_ERROR(plan->container_meta_type() != nullptr, InvalidProgram,
                           "Missing container_meta_type in execution plan");
  return plan->container_meta_type()->encoded_out_str()->c_str();
}

Result<const NamedDataMap*> Program::get_named_data_map() const {
  if (!pte_data_map_.has_value()) return Error::NotFound;
  return static_cast<const NamedDataMap*>(&*pte_data_map_);
}

}  // namespace executorch::runtime
