// The profiler of profiler.h: events, allocators and allocations, in blocks of one static buffer. Without a block,
// which profiler_init() and profiling_create_block() begin, nothing is kept. It knows nothing of threads.
//
// Apps call it by macros that do nothing without PROFILING_ENABLED; then the buffer is not linked.

#include <executorch/runtime/platform/assert.h>
#include <executorch/runtime/platform/platform.h>
#include <executorch/runtime/platform/profiler.h>

#include <cstring>

#include "hosted.h"

namespace executorch::runtime {

namespace {

// As the buffer's layout in profiler.h.
struct Block {
  prof_header_t header;
  prof_event_t events[MAX_PROFILE_EVENTS];
  prof_allocator_t allocators[MEM_PROFILE_MAX_ALLOCATORS];
  mem_prof_event_t allocations[MAX_MEM_PROFILE_EVENTS];
};
static_assert(sizeof(Block) == prof_buf_size, "profiler.h tells readers where things are");

Block blocks[MAX_PROFILE_BLOCKS];
uint32_t block_count = 0;

#if ET_HOSTED
thread_local
#endif
    prof_state_t current_state = {-1, 0};

Block* current_block() { return block_count != 0 ? &blocks[block_count - 1] : nullptr; }

template <size_t kSize>
void copy_name(char (&target)[kSize], const char* name) {
  std::strncpy(target, name, kSize - 1);
  target[kSize - 1] = '\0';
}

void begin_block(const char* name) {
  prof_header_t& header = current_block()->header;
  header = {};
  copy_name(header.name, name);
  header.prof_ver = ET_PROF_VER;
  header.max_prof_entries = MAX_PROFILE_EVENTS;
  header.max_allocator_entries = MEM_PROFILE_MAX_ALLOCATORS;
  header.max_mem_prof_entries = MAX_MEM_PROFILE_EVENTS;
}

bool is_empty(const prof_header_t& header) {
  return header.prof_entries == 0 && header.allocator_entries == 0 && header.mem_prof_entries == 0;
}

}  // namespace

void profiler_init() { profiling_create_block("default"); }

void profiling_create_block(const char* name) {
  // A block in which nothing has happened only gets a new name.
  if (block_count == 0 || !is_empty(current_block()->header)) {
    ET_CHECK_MSG(block_count < MAX_PROFILE_BLOCKS, "All %d profiling blocks are used; see MAX_PROFILE_BLOCKS",
                 MAX_PROFILE_BLOCKS);
    ++block_count;
  }
  begin_block(name);
}

uint32_t begin_profiling(const char* name) {
  Block* block = current_block();
  if (block == nullptr) return 0;
  const uint32_t token = block->header.prof_entries;
  ET_CHECK_MSG(token < MAX_PROFILE_EVENTS, "All %d profiling events are used; see MAX_PROFILE_EVENTS",
               MAX_PROFILE_EVENTS);
  ++block->header.prof_entries;
  prof_event_t& event = block->events[token];
  copy_name(event.name, name);
  event.chain_idx = current_state.chain_idx;
  event.instruction_idx = current_state.instruction_idx;
  event.end_time = 0;
  event.start_time = pal_current_ticks();
  return token;
}

void end_profiling(uint32_t token_id) {
  const uint64_t now = pal_current_ticks();
  ET_CHECK_MSG(token_id < MAX_PROFILE_EVENTS, "There is no profiling event %u", static_cast<unsigned>(token_id));
  if (current_block() != nullptr) current_block()->events[token_id].end_time = now;
}

void dump_profile_stats(prof_result_t* prof_result) {
  prof_result->prof_data = reinterpret_cast<uint8_t*>(blocks);
  prof_result->num_bytes = block_count * prof_buf_size;
  prof_result->num_blocks = block_count;
}

void reset_profile_stats() {
  for (uint32_t i = 0; i < block_count; ++i) {
    blocks[i].header.prof_entries = 0;
    blocks[i].header.allocator_entries = 0;
    blocks[i].header.mem_prof_entries = 0;
  }
}

void track_allocation(int32_t id, uint32_t size) {
  Block* block = current_block();
  if (block == nullptr || id < 0) return;
  const uint32_t at = block->header.mem_prof_entries;
  ET_CHECK_MSG(at < MAX_MEM_PROFILE_EVENTS, "All %d allocations are used; see MAX_MEM_PROFILE_EVENTS",
               MAX_MEM_PROFILE_EVENTS);
  ++block->header.mem_prof_entries;
  block->allocations[at] = {static_cast<uint32_t>(id), size};
}

uint32_t track_allocator(const char* name) {
  Block* block = current_block();
  if (block == nullptr) return 0;
  const uint32_t id = block->header.allocator_entries;
  ET_CHECK_MSG(id < MEM_PROFILE_MAX_ALLOCATORS, "All %d allocators are used; see MEM_PROFILE_MAX_ALLOCATORS",
               MEM_PROFILE_MAX_ALLOCATORS);
  ++block->header.allocator_entries;
  copy_name(block->allocators[id].name, name);
  block->allocators[id].allocator_id = id;
  return id;
}

ExecutorchProfiler::ExecutorchProfiler(const char* name) : prof_tok(begin_profiling(name)) {}

ExecutorchProfiler::~ExecutorchProfiler() { end_profiling(prof_tok); }

const prof_state_t& get_profile_tls_state() { return current_state; }

void set_profile_tls_state(const prof_state_t& state) { current_state = state; }

ExecutorchProfilerInstructionScope::ExecutorchProfilerInstructionScope(const prof_state_t& state)
    : old_state_(current_state) {
  current_state = state;
}

ExecutorchProfilerInstructionScope::~ExecutorchProfilerInstructionScope() { current_state = old_state_; }

}  // namespace executorch::runtime
