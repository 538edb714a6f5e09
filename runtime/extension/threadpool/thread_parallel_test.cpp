// parallel_for and its guard, against what the official library does.
#include <executorch/extension/threadpool/threadpool_guard.h>
#include <executorch/runtime/kernel/thread_parallel_interface.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "check.h"
#ifdef ET_USE_THREADPOOL
#include <mutex>
#include <thread>
#endif

using executorch::extension::parallel_for;
#ifdef ET_USE_THREADPOOL
using executorch::extension::get_thread_count;
using executorch::extension::get_thread_num;
using executorch::extension::threadpool::NoThreadPoolGuard;
#endif

namespace {

#ifdef ET_USE_THREADPOOL
using Mutex = std::mutex;
#else
// One thread has nobody to wait for.
struct Mutex {
  void lock() {}
  void unlock() {}
};
#endif

using Ranges = std::vector<std::pair<int64_t, int64_t>>;

// The chunks of a range, in order.
Ranges chunks_of(int64_t begin, int64_t end, int64_t grain) {
  Mutex mutex;
  Ranges chunks;
  CHECK(parallel_for(begin, end, grain, [&](int64_t from, int64_t to) {
    mutex.lock();
    chunks.emplace_back(from, to);
    mutex.unlock();
  }));
  std::sort(chunks.begin(), chunks.end());
  return chunks;
}

bool cover(const Ranges& chunks, int64_t begin, int64_t end) {
  int64_t at = begin;
  for (const auto& [from, to] : chunks) {
    if (from != at || to <= from) return false;
    at = to;
  }
  return at == end;
}

}  // namespace

TEST(each_element_is_worked_on_once) {
  for (const int64_t end : {0, 1, 2, 7, 100, 4097}) {
    for (const int64_t grain : {1, 3, 64, 5000}) CHECK(cover(chunks_of(0, end, grain), 0, end));
  }
}

TEST(what_is_no_range_is_refused) {
  const auto never = [](int64_t, int64_t) { CHECK(false); };
  CHECK(!parallel_for(5, 4, 1, never) && !parallel_for(-1, 4, 1, never));
  CHECK(!parallel_for(0, 4, 0, never) && !parallel_for(0, 4, -1, never));
  CHECK(parallel_for(5, 5, 1, never));
}

#ifdef ET_USE_THREADPOOL

TEST(chunks_follow_from_the_number_of_threads) {
  const int64_t threads = get_thread_count();
  CHECK(threads >= 1);
  const auto chunks = chunks_of(0, 1000, 1);
  CHECK(static_cast<int64_t>(chunks.size()) <= threads && chunks[0].second == (1000 + threads - 1) / threads);
  CHECK(chunks_of(0, 1000, 1000).size() == 1);
  for (int repeat = 0; repeat < 100; ++repeat) CHECK(chunks_of(0, 1000, 1) == chunks);
}

TEST(a_chunk_knows_its_number) {
  const int64_t threads = get_thread_count();
  std::vector<int> seen(static_cast<size_t>(threads), 0);
  CHECK(parallel_for(0, threads, 1, [&](int64_t from, int64_t) {
    CHECK(get_thread_num() == from);
    ++seen[static_cast<size_t>(get_thread_num())];
  }));
  CHECK(std::accumulate(seen.begin(), seen.end(), 0) == threads);
  executorch::extension::set_thread_num(5);
  CHECK(get_thread_num() == 5);
  executorch::extension::set_thread_num(0);
}

TEST(below_a_guard_the_same_chunks_run_on_this_thread) {
  const auto shared = chunks_of(0, 10, 1);
  {
    const NoThreadPoolGuard guard;
    CHECK(NoThreadPoolGuard::is_enabled());
    CHECK(chunks_of(0, 10, 1) == shared);
    const auto self = std::this_thread::get_id();
    CHECK(parallel_for(0, 10, 1, [&](int64_t, int64_t) { CHECK(std::this_thread::get_id() == self); }));
    std::thread([] { CHECK(!NoThreadPoolGuard::is_enabled()); }).join();
  }
  CHECK(!NoThreadPoolGuard::is_enabled());
}

TEST(several_threads_may_share_work_at_once) {
  std::vector<std::thread> threads;
  std::vector<int64_t> sums(4, 0);
  for (size_t index = 0; index < sums.size(); ++index) {
    threads.emplace_back([&sums, index] {
      for (int repeat = 0; repeat < 200; ++repeat) {
        std::vector<int64_t> numbers(1000, 0);
        CHECK(parallel_for(0, 1000, 1, [&](int64_t from, int64_t to) {
          for (int64_t at = from; at < to; ++at) numbers[static_cast<size_t>(at)] = at;
        }));
        sums[index] += std::accumulate(numbers.begin(), numbers.end(), int64_t{0});
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const int64_t sum : sums) CHECK(sum == int64_t{200} * 499500);
}

#ifndef OFFICIAL_RUNTIME
TEST(the_number_of_a_chunk_is_gone_behind_it) {
  CHECK(parallel_for(0, 10, 1, [](int64_t, int64_t) {}) && get_thread_num() == 0);
}

TEST(a_range_may_end_where_numbers_end) {
  CHECK(cover(chunks_of(INT64_MAX - 5, INT64_MAX, 1), INT64_MAX - 5, INT64_MAX));
}

// The official library waits for ever.
TEST(work_within_work_is_not_shared_again) {
  std::mutex mutex;
  int64_t sum = 0;
  CHECK(parallel_for(0, 8, 1, [&](int64_t from, int64_t to) {
    for (int64_t row = from; row < to; ++row) {
      CHECK(parallel_for(0, 100, 1, [&](int64_t begin, int64_t end) {
        const std::lock_guard<std::mutex> lock(mutex);
        sum += end - begin;
      }));
    }
  }));
  CHECK(sum == 800);
}
#endif

#endif

TEST_MAIN()
