#include "profile.h"

#include <executorch/runtime/core/hierarchical_allocator.h>
#include <executorch/runtime/core/memory_allocator.h>
#include <executorch/runtime/executor/memory_manager.h>
#include <executorch/runtime/executor/method.h>

#include <cstdint>
#include <cstring>

namespace etbuild {
namespace {

using executorch::runtime::Error;
using executorch::runtime::HierarchicalAllocator;
using executorch::runtime::MemoryAllocator;
using executorch::runtime::MemoryManager;
using executorch::runtime::Program;

constexpr const char* kMethod = "et_profile";
constexpr uint32_t kBytes = 1536;  // Of a method without instructions.

// A frame of its own: with the memory in one it would be larger than those of boards may be.
__attribute__((noinline)) Error compare(const Program& program, MemoryManager& manager) {
  auto method = program.load_method(kMethod, &manager);
  if (!method.ok()) return method.error();
  if (method->outputs_size() != 1 || !method->get_output(0).isString()) return Error::InvalidProgram;
  const auto name = method->get_output(0).toString();
  const char* const wanted = cortex_m_profile();
  const bool same = name.size() == std::strlen(wanted) && std::memcmp(name.data(), wanted, name.size()) == 0;
  return same ? Error::Ok : Error::NotSupported;
}

}  // namespace

const char* cortex_m_profile() { return ETBUILD_PROFILE; }

Error check_profile(const Program& program) {
  if (!program.method_meta(kMethod).ok()) return Error::Ok;
  alignas(16) uint8_t memory[kBytes];
  MemoryAllocator allocator(kBytes, memory);
  HierarchicalAllocator planned({});
  MemoryManager manager(&allocator, &planned);
  return compare(program, manager);
}

}  // namespace etbuild
