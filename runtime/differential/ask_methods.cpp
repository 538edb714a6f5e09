// What methods answer when they are used as they should be: calls, steps, smaller sizes, kept states.

#include <functional>
#include <string>

#include "scenarios.h"
#include "session.h"

namespace etbuild::differential {
namespace {

constexpr size_t kMostSteps = 10'000;
constexpr size_t kToldSteps = 40;

using Use = std::function<void(et::Method&, Call&)>;

// Loads each method with memory of its own and uses it.
void for_each_method(const Program& program, Report& report, const Use& use) {
  Session session(program);
  if (!session.program().ok()) return;
  for (const std::string& name : session.method_names()) {
    report.about(quoted(name) + " ");
    const et::Result<et::MethodMeta> meta = session.program()->method_meta(name.c_str());
    if (!meta.ok()) continue;
    Memory memory(*meta);
    et::Result<et::Method> method =
        session.program()->load_method(name.c_str(), &memory.manager(), nullptr, session.data_map());
    if (!report.error("load_method", method.ok() ? et::Error::Ok : method.error())) continue;
    Call call(*method, program.generated);
    use(*method, call);
  }
}

void tell_attributes(Report& report, et::Method& method) {
  const et::MethodMeta meta = method.method_meta();
  std::vector<std::string> names{"nowhere", ""};
  for (size_t i = 0; i < meta.num_attributes(); ++i) {
    const et::Result<et::TensorInfo> info = meta.attribute_tensor_meta(i);
    if (info.ok()) names.emplace_back(info->name());
  }
  for (const std::string& name : names) {
    et::Result<Tensor> tensor = method.get_attribute(name);
    report.line("get_attribute " + quoted(name), tensor.ok() ? tensor_text(*tensor) : error_text(tensor.error()));
  }
}

}  // namespace

void ask_run(const Program& program, Report& report) {
  for_each_method(program, report, [&](et::Method& method, Call& call) {
    report.line("inputs_size", std::to_string(method.inputs_size()));
    report.line("outputs_size", std::to_string(method.outputs_size()));
    for (size_t i = 0; i < method.inputs_size(); ++i) {
      report.line("input " + std::to_string(i), value_text(method.get_input(i)));
    }
    tell_attributes(report, method);
    call.set_outputs(report);
    call.set_inputs(report, 1);
    call.execute(report);
    if (program.is_large()) return;
    tell_attributes(report, method);
    call.execute(report);  // With what the first call left.
    call.set_inputs(report, 2);
    call.execute(report);
    call.set_inputs(report, 3);
    call.execute(report);
    tell_attributes(report, method);
    report.error("reset_execution", method.reset_execution());
  });
}

void ask_steps(const Program& program, Report& report) {
  for_each_method(program, report, [&](et::Method& method, Call& call) {
    call.set_outputs(report);
    call.set_inputs(report, 4);
    if (!call.has_inputs()) return;
    report.line("in progress at first", method.in_progress() ? "yes" : "no");
    size_t count = 0;
    et::Error error = et::Error::Ok;
    while (count < kMostSteps && error == et::Error::Ok) {
      error = method.step();
      ++count;
      if (count > kToldSteps) continue;
      report.line("step " + std::to_string(count), error_text(error) + (method.in_progress() ? " in progress" : ""));
      if (count % 3 == 1) report.error("reset while in progress", method.reset_execution());
      if (count % 3 == 2 && method.in_progress()) report.error("execute while in progress", method.execute());
    }
    report.line("steps", std::to_string(count) + " " + error_text(error));
    call.tell_outputs(report);
    report.error("step after the end", method.step());
    report.error("execute after the end", method.execute());
    report.error("reset_execution", method.reset_execution());
    report.error("reset_execution again", method.reset_execution());
    report.error("step again", method.step());
    call.tell_outputs(report);
  });
}

void ask_sizes(const Program& program, Report& report) {
  for_each_method(program, report, [&](et::Method&, Call& call) {
    call.set_outputs(report);
    for (const bool halved : {true, false, true}) {
      call.set_inputs(report, 5, halved);
      call.execute(report);
    }
  });
}

void ask_unset(const Program& program, Report& report) {
  for_each_method(program, report, [&](et::Method& method, Call& call) {
    call.set_outputs(report);
    report.error("execute", method.execute());
    if (!call.has_inputs()) return;
    report.error("step", method.step());
    if (!method.in_progress()) return;
    report.error("execute while in progress", method.execute());
    call.set_inputs(report, 6);
    report.error("execute while in progress", method.execute());
  });
}

void ask_no_data(const Program& program, Report& report) {
  for_each_method(program, report, [&](et::Method& method, Call& call) {
    call.set_outputs(report);
    call.set_inputs(report, 6, true);
    if (!call.has_inputs()) report.error("execute without data", method.execute());
  });
}

}  // namespace etbuild::differential
