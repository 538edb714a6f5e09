#include "delegates.h"

#include <executorch/runtime/core/event_tracer_hooks_delegate.h>

#include <new>

#include "segments.h"

namespace executorch::runtime {

Error BackendDelegate::load_data(const Program& program, const executorch_flatbuffer::BackendDelegate* source) {
  const auto location = source->processed()->location();
  const uint32_t index = source->processed()->index();
  if (location == executorch_flatbuffer::DataLocation::SEGMENT) {
    ET_CHECK_OR_RETURN_ERROR(program.loader_ != nullptr, NotFound, "No segments in program: requested index %u",
                             static_cast<unsigned>(index));
    const DataLoader::SegmentInfo info(DataLoader::SegmentInfo::Type::Backend, index, source->id()->c_str());
    return internal::load_segment(program.loader_, program.internal_program_->segments(), program.segment_base_offset_,
                                  info, data_);
  }
  ET_CHECK_OR_RETURN_ERROR(location == executorch_flatbuffer::DataLocation::INLINE, InvalidProgram,
                           "Unknown data location %d", static_cast<int>(location));
  const auto* blobs = program.internal_program_->backend_delegate_data();
  ET_CHECK_OR_RETURN_ERROR(index < blobs->size(), NotFound, "index %u >= list size %u", static_cast<unsigned>(index),
                           static_cast<unsigned>(blobs->size()));
  const auto* data = blobs->Get(index)->data();
  new (&data_) FreeableBuffer(data->data(), data->size(), nullptr);
  return Error::Ok;
}

namespace internal {
namespace {

// Stores the specs of `source` as the backend wants them. MemoryAllocationFailed.
Error make_specs(const executorch_flatbuffer::BackendDelegate* source, MemoryAllocator* allocator,
                 ArrayRef<CompileSpec>* made) {
  const auto* specs = source->compile_specs();
  auto* list = allocate_list<CompileSpec>(allocator, specs->size());
  if (list == nullptr) return Error::MemoryAllocationFailed;
  CompileSpec* next = list;
  for (const auto* spec : *specs) {
    const auto* value = spec->value();
    // Backends do not write to it, although its type would let them.
    *next++ = {spec->key()->c_str(), {const_cast<uint8_t*>(value->data()), value->size()}};
  }
  *made = ArrayRef<CompileSpec>(list, specs->size());
  return Error::Ok;
}

// Lets the backend have its data and what else it is told.
Error init_delegate(const executorch_flatbuffer::BackendDelegate* source, const DelegateSurroundings& surroundings,
                    BackendDelegate* made) {
  ET_CHECK_OK_OR_RETURN_ERROR(made->load_data(surroundings.program, source));
  ArrayRef<CompileSpec> specs;
  ET_CHECK_OK_OR_RETURN_ERROR(make_specs(source, surroundings.allocator, &specs));
  Span<const BackendOption> options;
  if (surroundings.options != nullptr) options = surroundings.options->get_options(source->id()->c_str());
  BackendInitContext context(surroundings.allocator, surroundings.event_tracer, surroundings.method_name,
                             surroundings.named_data, options);
  return made->init(context, specs);
}

}  // namespace

Error load_delegate(const executorch_flatbuffer::BackendDelegate* source, const DelegateSurroundings& surroundings,
                    BackendDelegate* made) {
  const char* id = source->id()->c_str();
  const BackendInterface* backend = get_backend_class(id);
  ET_CHECK_OR_RETURN_ERROR(backend != nullptr && backend->is_available(), NotFound,
                           "Backend %s is not registered, or not available", id);
  const Error error = init_delegate(source, surroundings, new (made) BackendDelegate(backend));
  if (error == Error::Ok) return Error::Ok;
  ET_LOG(Error, "Init failed for backend %s: 0x%x", id, static_cast<unsigned>(error));
  made->~BackendDelegate();
  return error;
}

}  // namespace internal
}  // namespace executorch::runtime
