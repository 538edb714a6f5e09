// The profiler of the headers, as a reader of its buffer sees it. The official library's loses names when it is dumped
// a second time, counts blocks that it refuses, and then reads behind its buffer.

#include <executorch/runtime/platform/profiler.h>

#include <cstring>

#include "abort_check.h"
#include "check.h"

namespace {

using etbuild::testing::aborts;
using executorch::runtime::begin_profiling;
using executorch::runtime::dump_profile_stats;
using executorch::runtime::end_profiling;
using executorch::runtime::ExecutorchProfiler;
using executorch::runtime::ExecutorchProfilerInstructionScope;
using executorch::runtime::get_profile_tls_state;
using executorch::runtime::mem_prof_event_t;
using executorch::runtime::prof_allocator_t;
using executorch::runtime::prof_buf_size;
using executorch::runtime::prof_event_t;
using executorch::runtime::prof_events_offset;
using executorch::runtime::prof_header_t;
using executorch::runtime::prof_mem_alloc_events_offset;
using executorch::runtime::prof_mem_alloc_info_offset;
using executorch::runtime::prof_result_t;
using executorch::runtime::profiling_create_block;
using executorch::runtime::reset_profile_stats;
using executorch::runtime::track_allocation;
using executorch::runtime::track_allocator;

// A block in the buffer.
struct Block {
  const prof_header_t* header;
  const prof_event_t* events;
  const prof_allocator_t* allocators;
  const mem_prof_event_t* allocations;
};

Block block(uint32_t index) {
  prof_result_t result;
  dump_profile_stats(&result);
  const uint8_t* begin = result.prof_data + size_t{index} * prof_buf_size;
  return {reinterpret_cast<const prof_header_t*>(begin),
          reinterpret_cast<const prof_event_t*>(begin + prof_events_offset),
          reinterpret_cast<const prof_allocator_t*>(begin + prof_mem_alloc_info_offset),
          reinterpret_cast<const mem_prof_event_t*>(begin + prof_mem_alloc_events_offset)};
}

uint32_t count_blocks() {
  prof_result_t result;
  dump_profile_stats(&result);
  CHECK(result.num_bytes == result.num_blocks * prof_buf_size);
  return result.num_blocks;
}

TEST(nothing_is_kept_before_the_first_block) {
  end_profiling(begin_profiling("early"));
  CHECK(count_blocks() == 0);
  track_allocation(-1, 5);
}

TEST(events_and_allocations_are_kept_in_the_last_block) {
  profiling_create_block("first");
  CHECK(count_blocks() == 1);
  { const ExecutorchProfiler event("event"); }
  track_allocation(static_cast<int32_t>(track_allocator("allocator")), 10);
  track_allocation(-1, 11);
  const Block first = block(0);
  CHECK(std::strcmp(first.header->name, "first") == 0);
  CHECK(first.header->prof_ver == ET_PROF_VER);
  CHECK(first.header->max_prof_entries == MAX_PROFILE_EVENTS);
  CHECK(first.header->prof_entries == 1 && first.header->allocator_entries == 1);
  CHECK(first.header->mem_prof_entries == 1);
  CHECK(std::strcmp(first.events[0].name, "event") == 0);
  CHECK(first.events[0].chain_idx == -1 && first.events[0].end_time >= first.events[0].start_time);
  CHECK(std::strcmp(first.allocators[0].name, "allocator") == 0);
  CHECK(first.allocations[0].allocator_id == 0 && first.allocations[0].allocation_size == 10);
}

TEST(an_event_tells_the_instruction_that_it_belongs_to) {
  {
    const ExecutorchProfilerInstructionScope scope({7, 8});
    end_profiling(begin_profiling("inside"));
    CHECK(get_profile_tls_state().chain_idx == 7);
  }
  CHECK(get_profile_tls_state().chain_idx == -1);
  CHECK(block(0).events[1].chain_idx == 7 && block(0).events[1].instruction_idx == 8);
}

TEST(a_second_block_leaves_the_first_as_it_is) {
  profiling_create_block("empty");
  profiling_create_block("second");
  CHECK(count_blocks() == 2);
  CHECK(std::strcmp(block(1).header->name, "second") == 0);
  CHECK(begin_profiling("b") == 0);
  CHECK(block(0).header->prof_entries == 2 && block(1).header->prof_entries == 1);
}

TEST(there_are_as_many_blocks_as_the_header_says) {
  CHECK(aborts([] { profiling_create_block("third"); }));
  CHECK(count_blocks() == 2);
}

TEST(what_has_no_room_aborts) {
  CHECK(aborts([] { end_profiling(0xffffffff); }));
  CHECK(aborts([] {
    for (int i = 0; i <= MAX_PROFILE_EVENTS; ++i) begin_profiling("many");
  }));
  CHECK(!etbuild::testing::kKnowsAborts || block(1).header->prof_entries == MAX_PROFILE_EVENTS);
}

TEST(a_reset_forgets_events_and_keeps_blocks) {
  reset_profile_stats();
  CHECK(block(0).header->prof_entries == 0 && block(0).header->mem_prof_entries == 0);
  CHECK(std::strcmp(block(0).header->name, "first") == 0);
}

}  // namespace

TEST_MAIN()
