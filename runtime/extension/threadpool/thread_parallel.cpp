// parallel_for: a range in chunks that follow from its length, the grain and the number of threads, and from nothing
// else.
#include <cinttypes>  // Before the public headers, which have a PRId64 of their own otherwise.

#include <executorch/extension/threadpool/threadpool_guard.h>
#include <executorch/runtime/kernel/thread_parallel_interface.h>

#include <algorithm>

#include "thread_pool.h"

namespace executorch::extension {

namespace {

// Which chunk this thread is at, for get_thread_num: no two that run at once have the same.
thread_local int64_t current_chunk = 0;
thread_local bool is_guarded = false;

}  // namespace

bool threadpool::NoThreadPoolGuard::is_enabled() { return is_guarded; }

void threadpool::NoThreadPoolGuard::set_enabled(bool enabled) { is_guarded = enabled; }

int64_t get_thread_count() { return static_cast<int64_t>(internal::ThreadPool::of_process().thread_count()); }

int64_t get_thread_num() { return current_chunk; }

void set_thread_num(int64_t thread_num) { current_chunk = thread_num; }

bool parallel_for(const int64_t begin, const int64_t end, const int64_t grain_size,
                  runtime::FunctionRef<void(int64_t, int64_t)> f) {
  ET_CHECK_OR_RETURN_FALSE(begin >= 0 && begin <= end, "[%" PRId64 ", %" PRId64 ") is no range", begin, end);
  ET_CHECK_OR_RETURN_FALSE(grain_size > 0, "The grain must be above 0, is %" PRId64, grain_size);
  if (begin == end) return true;
  internal::ThreadPool& pool = internal::ThreadPool::of_process();
  const auto threads = static_cast<int64_t>(pool.thread_count());
  const int64_t length = end - begin;
  const int64_t chunk_size = std::max(grain_size, (length - 1) / threads + 1);
  const int64_t chunks = (length - 1) / chunk_size + 1;
  const auto run_chunk = [&](size_t index) {
    const int64_t before = current_chunk;
    current_chunk = static_cast<int64_t>(index);
    const int64_t start = begin + static_cast<int64_t>(index) * chunk_size;
    f(start, end - start > chunk_size ? start + chunk_size : end);
    current_chunk = before;
  };
  const bool is_shared = chunks > 1 && !is_guarded && pool.run(static_cast<size_t>(chunks), run_chunk);
  for (int64_t index = 0; !is_shared && index < chunks; ++index) run_chunk(static_cast<size_t>(index));
  return true;
}

}  // namespace executorch::extension
