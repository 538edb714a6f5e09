// The profiler of profiler.h: events, allocators and allocations in one static buffer. Only with PROFILING_ENABLED; all
// functions are there without it too, and do nothing.

#include <executorch/runtime/platform/profiler.h>

namespace executorch::runtime {

void profiler_init() {}
uint32_t begin_profiling(const char*) { return 0; }
void end_profiling(uint32_t) {}
void dump_profile_stats(prof_result_t* prof_result) { *prof_result = {}; }
void reset_profile_stats() {}
void track_allocation(int32_t, uint32_t) {}
uint32_t track_allocator(const char*) { return 0; }
void profiling_create_block(const char*) {}

ExecutorchProfiler::ExecutorchProfiler(const char* name) : prof_tok(begin_profiling(name)) {}
ExecutorchProfiler::~ExecutorchProfiler() { end_profiling(prof_tok); }

const prof_state_t& get_profile_tls_state() {
  static const prof_state_t state = {-1, 0};
  return state;
}
void set_profile_tls_state(const prof_state_t&) {}

ExecutorchProfilerInstructionScope::ExecutorchProfilerInstructionScope(const prof_state_t& state)
    : old_state_(get_profile_tls_state()) {
  set_profile_tls_state(state);
}
ExecutorchProfilerInstructionScope::~ExecutorchProfilerInstructionScope() { set_profile_tls_state(old_state_); }

}  // namespace executorch::runtime
