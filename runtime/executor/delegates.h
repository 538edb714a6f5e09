// Hands a method's delegates to their backends.

#pragma once

#include <executorch/runtime/backend/backend_options_map.h>
#include <executorch/runtime/core/named_data_map.h>

#include "plan.h"

namespace executorch::runtime::internal {

// What a backend is told beside the delegate itself.
struct DelegateSurroundings {
  const Program& program;
  MemoryAllocator* allocator;
  EventTracer* event_tracer;
  const char* method_name;
  const NamedDataMap* named_data;
  const LoadBackendOptionsMap* options;
};

// Finds the backend of `source` and lets it initialise. On success *made is constructed; on failure it is not.
// NotFound: no such backend, or it is not available here. Otherwise what loading its data or the backend says.
ET_NODISCARD Error load_delegate(const executorch_flatbuffer::BackendDelegate* source,
                                 const DelegateSurroundings& surroundings, BackendDelegate* made);

}  // namespace executorch::runtime::internal
