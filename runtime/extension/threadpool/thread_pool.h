// Threads that share the chunks of one job at a time. Knows neither ranges nor kernels.

#pragma once

#include <executorch/runtime/core/function_ref.h>

#include <condition_variable>
#include <cstddef>
#include <mutex>

namespace executorch::extension::internal {

class ThreadPool final {
 public:
  using Chunk = runtime::FunctionRef<void(size_t)>;

  // The process' own. Its threads are started by the first job that can be shared, and never end.
  static ThreadPool& of_process();

  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  // How many threads a job can be shared between, the caller's among them: as many as may run at once here.
  size_t thread_count() const { return thread_count_; }

  // Calls `chunk` with 0 to count - 1, each once, on whichever threads are free; returns after the last. Returns false,
  // and calls nothing, if the threads are at work for somebody else: for a job that this is a part of, or another
  // thread.
  bool run(size_t count, Chunk chunk);

 private:
  ThreadPool();

  void start_threads();
  void work();
  // Runs chunks until none is left to begin. The lock is held, except while a chunk runs.
  void run_chunks(std::unique_lock<std::mutex>* lock);

  const size_t thread_count_;
  std::mutex mutex_;
  std::condition_variable has_chunks_;
  std::condition_variable is_done_;
  bool is_started_ = false;
  bool is_busy_ = false;
  const Chunk* chunk_ = nullptr;
  size_t count_ = 0;
  size_t next_ = 0;
  size_t unfinished_ = 0;
};

}  // namespace executorch::extension::internal
