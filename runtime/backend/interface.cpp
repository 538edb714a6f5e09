// The registry of backends. Knows none of them.

#include <executorch/runtime/backend/interface.h>
#include <executorch/runtime/platform/assert.h>

#include <cstring>

#ifndef ET_BACKEND_CAPACITY
#define ET_BACKEND_CAPACITY 16
#endif

namespace executorch::runtime {

namespace {

Backend registered[ET_BACKEND_CAPACITY];
size_t registered_count = 0;

const Backend* find(const char* name) {
  for (size_t i = 0; i < registered_count; ++i) {
    if (std::strcmp(registered[i].name, name) == 0) return &registered[i];
  }
  return nullptr;
}

}  // namespace

BackendInterface::~BackendInterface() = default;

BackendInterface* get_backend_class(const char* name) {
  const Backend* backend = find(name);
  return backend != nullptr ? backend->backend : nullptr;
}

Error register_backend(const Backend& backend) {
  ET_CHECK_OR_RETURN_ERROR(backend.name != nullptr, InvalidArgument, "A backend has no name");
  ET_CHECK_OR_RETURN_ERROR(find(backend.name) == nullptr, InvalidArgument, "Backend %s is registered", backend.name);
  ET_CHECK_OR_RETURN_ERROR(registered_count < ET_BACKEND_CAPACITY, Internal, "No room for backend %s: there are %d",
                           backend.name, ET_BACKEND_CAPACITY);
  registered[registered_count++] = backend;
  return Error::Ok;
}

size_t get_num_registered_backends() { return registered_count; }

Result<const char*> get_backend_name(size_t index) {
  ET_CHECK_OR_RETURN_ERROR(index < registered_count, InvalidArgument, "There are %zu backends: none has index %zu",
                           registered_count, index);
  return registered[index].name;
}

Error set_option(const char* backend_name, const Span<BackendOption> backend_options) {
  BackendInterface* backend = get_backend_class(backend_name);
  ET_CHECK_OR_RETURN_ERROR(backend != nullptr, NotFound, "Backend %s is not registered", backend_name);
  BackendOptionContext context;
  return backend->set_option(context, backend_options);
}

Error get_option(const char* backend_name, Span<BackendOption> backend_options) {
  BackendInterface* backend = get_backend_class(backend_name);
  ET_CHECK_OR_RETURN_ERROR(backend != nullptr, NotFound, "Backend %s is not registered", backend_name);
  BackendOptionContext context;
  return backend->get_option(context, backend_options);
}

}  // namespace executorch::runtime
