#include <executorch/runtime/executor/method.h>

#include <executorch/runtime/core/event_tracer_hooks.h>
#include <executorch/runtime/executor/platform_memory_allocator.h>
#include <executorch/runtime/executor/program.h>

#include <new>

#include "delegates.h"
#include "hosted.h"
#include "instructions.h"
#include "joined_data_map.h"
#include "plan.h"

namespace executorch::runtime {
namespace {

// The data that delegates may ask for by name: the program's own, the caller's, or both. *all is null if
// there is none.
Error join_data(const Program* program, const NamedDataMap* outside, MemoryAllocator* allocator,
                const NamedDataMap** all) {
  const auto found = program->get_named_data_map();
  const NamedDataMap* own = found.ok() ? *found : nullptr;
  *all = own == nullptr ? outside : own;
  if (own == nullptr || outside == nullptr) return Error::Ok;
  auto* place = allocator->allocateInstance<internal::JoinedDataMap>();
  if (place == nullptr) return Error::MemoryAllocationFailed;
  *all = new (place) internal::JoinedDataMap(outside, own);
  return Error::Ok;
}

}  // namespace

void* allocate_elements(MemoryAllocator* allocator, size_t count, size_t size, size_t alignment) {
  size_t bytes = 0;
  return __builtin_mul_overflow(count, size, &bytes) ? nullptr : allocator->allocate(bytes, alignment);
}

Result<Method> Method::load(executorch_flatbuffer::ExecutionPlan* s_plan, const Program* program,
                            MemoryManager* memory_manager, EventTracer* event_tracer,
                            const NamedDataMap* named_data_map, const LoadBackendOptionsMap* backend_options,
                            Span<const Kernel> kernel_registry) {
  MemoryAllocator* temp = memory_manager->temp_allocator();
#if ET_HOSTED
  if (temp == nullptr) {
    auto* place = memory_manager->method_allocator()->allocateInstance<internal::PlatformMemoryAllocator>();
    ET_CHECK_OR_RETURN_ERROR(place != nullptr, MemoryAllocationFailed, "Failed to allocate PlatformMemoryAllocator");
    temp = new (place) internal::PlatformMemoryAllocator();
  }
#endif
  // Initialised where the caller wants it, since a method is large to move. Flat, a new one is some constants.
  const auto make = [&]() __attribute__((flatten)) {
    return Result<Method>(Method(program, memory_manager, event_tracer, temp, kernel_registry));
  };
  Result<Method> made = make();
  const Error error = made->init(s_plan, named_data_map, backend_options);
  if (error != Error::Ok) {
    made.~Result();
    new (&made) Result<Method>(error);
  }
  return made;
}

Error Method::init(executorch_flatbuffer::ExecutionPlan* s_plan, const NamedDataMap* named_data_map,
                   const LoadBackendOptionsMap* backend_options) {
  const internal::EventTracerProfileMethodScope scope(event_tracer_, "Method::init");
  ET_CHECK_OR_RETURN_ERROR(init_state_ == InitializationState::Uninitialized, InvalidState,
                           "Method already initialized, or previously failed to initialize.");
  init_state_ = InitializationState::InitializationFailed;
  serialization_plan_ = s_plan;
  MemoryAllocator* allocator = memory_manager_->method_allocator();
  const NamedDataMap* data = nullptr;
  ET_CHECK_OK_OR_RETURN_ERROR(join_data(program_, named_data_map, allocator, &data));
  ET_CHECK_OK_OR_RETURN_ERROR(parse_values(named_data_map));
  for (const auto* indices : {s_plan->inputs(), s_plan->outputs()}) {
    for (const int32_t index : *indices) {
      ET_CHECK_OR_RETURN_ERROR(is_index(index, n_value_), InvalidProgram, "Input or output %d is none of %zu values",
                               static_cast<int>(index), n_value_);
    }
  }

  const auto* delegates = s_plan->delegates();
  delegates_ = allocate_list<BackendDelegate>(allocator, delegates->size());
  if (delegates_ == nullptr) return Error::MemoryAllocationFailed;
  const internal::DelegateSurroundings surroundings{*program_, allocator,      event_tracer_, s_plan->name()->c_str(),
                                                    data,      backend_options};
  // n_delegate_ counts those that the destructor has to undo.
  for (uint32_t index = 0; index < delegates->size(); ++index) {
    ET_CHECK_OK_OR_RETURN_ERROR(internal::load_delegate(delegates->Get(index), surroundings, &delegates_[index]));
    ++n_delegate_;
  }
  ET_CHECK_OK_OR_RETURN_ERROR(
      internal::load_chains({s_plan, values_, n_delegate_, allocator, kernel_registry_}, &chains_));
  n_chains_ = s_plan->chains()->size();
  step_state_ = {0, 0};
  init_state_ = InitializationState::Initialized;
  return Error::Ok;
}

Method::~Method() {
  // In reverse: a backend may have built on what an earlier one made. Values own nothing.
  while (n_delegate_ > 0) delegates_[--n_delegate_].~BackendDelegate();
  while (n_external_constants_ > 0) external_constants_[--n_external_constants_].~NamedData();
}

MethodMeta Method::method_meta() const {
  const auto meta = program_->method_meta(serialization_plan_->name()->c_str());
  ET_CHECK_MSG(meta.ok(), "Internal error: method_meta(%s) returned 0x%x", serialization_plan_->name()->c_str(),
               static_cast<unsigned>(meta.error()));
  return *meta;
}

EventTracer* Method::get_event_tracer() { return event_tracer_; }

}  // namespace executorch::runtime
