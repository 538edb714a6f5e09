#include "thread_pool.h"

#include <algorithm>
#include <thread>

namespace executorch::extension::internal {

ThreadPool& ThreadPool::of_process() {
  // Never destroyed: threads may still be waiting in it when the process ends.
  static ThreadPool* const pool = new ThreadPool();
  return *pool;
}

ThreadPool::ThreadPool() : thread_count_(std::max(1u, std::thread::hardware_concurrency())) {}

void ThreadPool::start_threads() {
  is_started_ = true;
  for (size_t index = 1; index < thread_count_; ++index) std::thread([this] { work(); }).detach();
}

void ThreadPool::work() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    has_chunks_.wait(lock, [this] { return next_ < count_; });
    run_chunks(&lock);
  }
}

void ThreadPool::run_chunks(std::unique_lock<std::mutex>* lock) {
  while (next_ < count_) {
    const size_t index = next_++;
    const Chunk chunk = *chunk_;
    lock->unlock();
    chunk(index);
    lock->lock();
    if (--unfinished_ == 0) is_done_.notify_one();
  }
}

bool ThreadPool::run(size_t count, Chunk chunk) {
  std::unique_lock<std::mutex> lock(mutex_);
  if (is_busy_) return false;
  is_busy_ = true;
  if (!is_started_) start_threads();
  chunk_ = &chunk;
  next_ = 0;
  count_ = count;
  unfinished_ = count;
  has_chunks_.notify_all();
  run_chunks(&lock);
  is_done_.wait(lock, [this] { return unfinished_ == 0; });
  is_busy_ = false;
  return true;
}

}  // namespace executorch::extension::internal
