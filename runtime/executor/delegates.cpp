#include "delegates.h"

#include <executorch/runtime/core/event_tracer_hooks_delegate.h>

#include <new>

namespace executorch::runtime {

Result<FreeableBuffer> BackendDelegate::load_data(const Program& program,
                                                  const executorch_flatbuffer::BackendDelegate* source) {
  const auto* processed = source->processed();
  if (processed->location() == executorch_flatbuffer::DataLocation::SEGMENT) {
    return program.LoadSegment(
        DataLoader::SegmentInfo(DataLoader::SegmentInfo::Type::Backend, processed->index(), source->id()->c_str()));
  }
  ET_CHECK_OR_RETURN_ERROR(processed->location() == executorch_flatbuffer::DataLocation::INLINE, InvalidProgram,
                           "Unknown data location %d", static_cast<int>(processed->location()));
  const void* data = nullptr;
  size_t size = 0;
  ET_CHECK_OK_OR_RETURN_ERROR(program.get_backend_delegate_data(processed->index(), &data, &size));
  return FreeableBuffer(data, size, nullptr);
}

namespace internal {
namespace {

// Stores the specs of `source` as the backend wants them. MemoryAllocationFailed.
Error make_specs(const executorch_flatbuffer::BackendDelegate* source, MemoryAllocator* allocator,
                 ArrayRef<CompileSpec>* made) {
  const auto* specs = source->compile_specs();
  auto* list = allocator->allocateList<CompileSpec>(specs->size());
  if (list == nullptr) return Error::MemoryAllocationFailed;
  for (uint32_t index = 0; index < specs->size(); ++index) {
    const auto* spec = specs->Get(index);
    // Backends do not write to it, although its type would let them.
    list[index] = {spec->key()->c_str(), {const_cast<uint8_t*>(spec->value()->data()), spec->value()->size()}};
  }
  *made = ArrayRef<CompileSpec>(list, specs->size());
  return Error::Ok;
}

}  // namespace

Error load_delegate(const executorch_flatbuffer::BackendDelegate* source, FreeableBuffer&& data,
                    const DelegateSurroundings& surroundings, BackendDelegate* made) {
  const char* id = source->id()->c_str();
  const BackendInterface* backend = get_backend_class(id);
  ET_CHECK_OR_RETURN_ERROR(backend != nullptr, NotFound, "Backend %s is not registered.", id);
  ET_CHECK_OR_RETURN_ERROR(backend->is_available(), NotFound, "Backend %s is not available.", id);
  ArrayRef<CompileSpec> specs;
  ET_CHECK_OK_OR_RETURN_ERROR(make_specs(source, surroundings.allocator, &specs));
  Span<const BackendOption> options;
  if (surroundings.options != nullptr) options = surroundings.options->get_options(id);
  BackendInitContext context(surroundings.allocator, surroundings.event_tracer, surroundings.method_name,
                             surroundings.named_data, options);
  new (made) BackendDelegate(backend, std::move(data));
  const Error error = made->init(context, specs);
  if (error == Error::Ok) return Error::Ok;
  ET_LOG(Error, "Init failed for backend %s: 0x%x", id, static_cast<unsigned>(error));
  made->~BackendDelegate();
  return error;
}

}  // namespace internal
}  // namespace executorch::runtime
