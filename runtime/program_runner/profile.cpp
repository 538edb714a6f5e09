#include "profile.h"

#include <executorch/runtime/platform/platform.h>

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>

#include "npy.h"

namespace etbuild::runner {
namespace {

using executorch::runtime::ChainID;
using executorch::runtime::DebugHandle;
using executorch::runtime::DelegateDebugIntId;
using executorch::runtime::EventTracerEntry;

constexpr char kExecute[] = "Method::execute";

// What the runtime calls its events, and what a person does.
struct Renaming {
  const char* event;
  const char* name;
};

constexpr Renaming kRenamings[] = {
    {kExecute, "(between calls)"}, {"OPERATOR_CALL", "(calling kernels)"}, {"DELEGATE_CALL", "(calling delegates)"}};

// An operator's or a step's name; steps of a delegate end with a number, as in "Convolution #2".
std::string readable(const std::string& event) {
  for (const Renaming& each : kRenamings) {
    if (event == each.event) return each.name;
  }
  const std::string kernel = "native_call_";
  if (event.rfind(kernel, 0) == 0) return event.substr(kernel.size());
  const size_t number = event.rfind(" #");
  return number != std::string::npos && event.find_first_not_of("0123456789", number + 2) == std::string::npos
             ? event.substr(0, number)
             : event;
}

}  // namespace

EventTracerEntry Profile::start_profiling(const char* name, ChainID chain_id, DebugHandle debug_handle) {
  if (std::string(name) == kExecute) ++executing_;
  open_.push_back({name, executorch::runtime::pal_current_ticks(), 0});
  return ETDumpGen::start_profiling(name, chain_id, debug_handle);
}

void Profile::end_profiling(EventTracerEntry entry) {
  ETDumpGen::end_profiling(entry);
  if (open_.empty()) return;
  const Open ended = open_.back();
  open_.pop_back();
  const uint64_t ticks = executorch::runtime::pal_current_ticks() - ended.start;
  if (executing_ > 0) add(readable(ended.name), ticks - std::min(ticks, ended.inside));
  if (ended.name == kExecute) --executing_;
  if (!open_.empty()) open_.back().inside += ticks;
}

void Profile::log_profiling_delegate(const char* name, DelegateDebugIntId index, et_timestamp_t start,
                                     et_timestamp_t end, const void* metadata, size_t size) {
  ETDumpGen::log_profiling_delegate(name, index, start, end, metadata, size);
  const uint64_t ticks = end > start ? end - start : 0;
  add(name == nullptr ? "step " + std::to_string(index) : readable(name), ticks);
  if (!open_.empty()) open_.back().inside += ticks;
}

void Profile::add(const std::string& name, uint64_t ticks) {
  OperatorTime& time = times_[name];
  time.name = name;
  time.ticks += ticks;
  ++time.calls;
}

std::vector<OperatorTime> Profile::slowest() const {
  std::vector<OperatorTime> times;
  for (const auto& [name, time] : times_) times.push_back(time);
  std::stable_sort(times.begin(), times.end(),
                   [](const OperatorTime& left, const OperatorTime& right) { return left.ticks > right.ticks; });
  return times;
}

Status Profile::write(const std::string& path) {
  const auto dump = get_etdump_data();
  if (dump.buf == nullptr || dump.size == 0) return {StatusCode::kFailed, "no event was traced: nothing was run"};
  const Status status = write_file(path, dump.buf, dump.size);
  std::free(dump.buf);
  return status;
}

std::string table_of(const std::vector<OperatorTime>& times, size_t rows) {
  const auto ratio = executorch::runtime::pal_ticks_to_ns_multiplier();
  const double microseconds = static_cast<double>(ratio.numerator) / static_cast<double>(ratio.denominator) / 1e3;
  uint64_t total = 0;
  for (const OperatorTime& time : times) total += time.ticks;
  std::string table = "      us   share   calls  operator\n";
  for (size_t index = 0; index < std::min(rows, times.size()); ++index) {
    const OperatorTime& time = times[index];
    char line[64];
    std::snprintf(line, sizeof line, "%8.1f  %5.1f%%  %6" PRIu64 "  ", static_cast<double>(time.ticks) * microseconds,
                  total == 0 ? 0.0 : 100.0 * static_cast<double>(time.ticks) / static_cast<double>(total), time.calls);
    table += line + time.name + "\n";
  }
  return table;
}

}  // namespace etbuild::runner
