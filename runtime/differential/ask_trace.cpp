// What a runtime tells an event tracer: which events, in which order, of which chain and instruction. Not when.

#include <executorch/runtime/core/event_tracer.h>

#include <string>

#include "scenarios.h"
#include "session.h"

namespace etbuild::differential {
namespace {

class Listener final : public et::EventTracer {
 public:
  Listener(Report& report, et::EventTracerDebugLogLevel level, et::EventTracerProfilingLevel profiling)
      : report_(report) {
    set_event_tracer_debug_level(level);
    set_event_tracer_profiling_level(profiling);
    event_tracer_enable_debugging_ = true;
    log_intermediate_tensors_ = true;
  }

  void create_event_block(const char* name) override { report_.line("block", name); }

  et::EventTracerEntry start_profiling(const char* name, et::ChainID chain, et::DebugHandle handle) override {
    report_.line("start", std::string(name) + " " + place(chain, handle) + " now " +
                              place(current_chain_id(), current_debug_handle()));
    return {++count_, chain, handle, 0, et::DelegateDebugIdType::kNone};
  }

  void end_profiling(et::EventTracerEntry entry) override {
    report_.line("end", std::to_string(entry.event_id) + " " + place(entry.chain_id, entry.debug_handle));
  }

  et::EventTracerEntry start_profiling_delegate(const char*, et::DelegateDebugIntId) override { return {}; }
  void end_profiling_delegate(et::EventTracerEntry, const void*, size_t) override {}
  void log_profiling_delegate(const char*, et::DelegateDebugIntId, et_timestamp_t, et_timestamp_t, const void*,
                              size_t) override {}
  void track_allocation(et::AllocatorID id, size_t) override { allocations_ += id; }

  et::AllocatorID track_allocator(const char* name) override {
    report_.line("allocator", name);
    return 7;
  }

  et::Result<bool> log_evalue(const et::EValue& value, et::LoggedEValueType type) override {
    report_.line("value", std::to_string(static_cast<int>(type)) + " " + value_text(value));
    return true;
  }

  et::Result<bool> log_intermediate_output_delegate(const char*, et::DelegateDebugIntId, const Tensor&) override {
    return true;
  }
  et::Result<bool> log_intermediate_output_delegate(const char*, et::DelegateDebugIntId,
                                                    const et::ArrayRef<Tensor>) override {
    return true;
  }
  et::Result<bool> log_intermediate_output_delegate(const char*, et::DelegateDebugIntId, const int&) override {
    return true;
  }
  et::Result<bool> log_intermediate_output_delegate(const char*, et::DelegateDebugIntId, const bool&) override {
    return true;
  }
  et::Result<bool> log_intermediate_output_delegate(const char*, et::DelegateDebugIntId, const double&) override {
    return true;
  }
  void set_delegation_intermediate_output_filter(et::EventTracerFilterBase*) override {}

 private:
  static std::string place(et::ChainID chain, et::DebugHandle handle) {
    return std::to_string(chain) + "/" + std::to_string(handle);
  }

  Report& report_;
  int64_t count_ = 0;
  uint64_t allocations_ = 0;
};

void ask_with(const Program& program, Report& report, et::EventTracerDebugLogLevel level,
              et::EventTracerProfilingLevel profiling) {
  Session session(program);
  const std::vector<std::string> names = session.method_names();
  if (names.empty()) return;
  const et::Result<et::MethodMeta> meta = session.program()->method_meta(names[0].c_str());
  if (!meta.ok()) return;
  Memory memory(*meta);
  Listener listener(report, level, profiling);
  et::Result<et::Method> method =
      session.program()->load_method(names[0].c_str(), &memory.manager(), &listener, session.data_map());
  if (!report.error("load_method", method.ok() ? et::Error::Ok : method.error())) return;
  report.line("tracer", method->get_event_tracer() == &listener ? "is kept" : "is lost");
  Call call(*method, program.generated);
  call.set_outputs(report);
  call.set_inputs(report, 10);
  call.execute(report);
}

}  // namespace

void ask_trace(const Program& program, Report& report) {
  using Level = et::EventTracerDebugLogLevel;
  report.about("all ");
  ask_with(program, report, Level::kIntermediateOutputs, et::EventTracerProfilingLevel::kProfileAllEvents);
  report.about("outputs ");
  ask_with(program, report, Level::kProgramOutputs, et::EventTracerProfilingLevel::kProfileMethodOnly);
}

}  // namespace etbuild::differential
