// What methods answer when they are used as they should not be.

#include <executorch/runtime/kernel/kernel_runtime_context.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "scenarios.h"
#include "session.h"

namespace etbuild::differential {
namespace {

constexpr size_t kMostAsked = 3;

// The first method with its memory, or what hindered it.
struct FirstMethod {
  FirstMethod(const Program& program, Report& report, const Shortage& shortage = {},
              et::Span<const et::Kernel> kernels = {})
      : session(program) {
    const std::vector<std::string> names = session.method_names();
    if (names.empty()) return;
    const et::Result<et::MethodMeta> meta = session.program()->method_meta(names[0].c_str());
    if (!meta.ok()) return;
    memory.emplace(*meta, shortage);
    method.emplace(session.program()->load_method(names[0].c_str(), &memory->manager(), nullptr, session.data_map(),
                                                  nullptr, kernels));
    report.error("load_method", method->ok() ? et::Error::Ok : method->error());
  }
  bool ok() const { return method && method->ok(); }

  Session session;
  std::optional<Memory> memory;
  std::optional<et::Result<et::Method>> method;
};

struct Form {
  const char* name;
  ScalarType type;
  std::vector<int32_t> sizes;
  std::vector<uint8_t> order;
};

std::vector<Form> wrong_forms(const et::TensorInfo& info) {
  const std::vector<int32_t> sizes(info.sizes().begin(), info.sizes().end());
  const std::vector<uint8_t> order(info.dim_order().begin(), info.dim_order().end());
  const ScalarType other = info.scalar_type() == ScalarType::Float ? ScalarType::Long : ScalarType::Float;
  std::vector<Form> forms{{"other dtype", other, sizes, order},
                          {"one more dimension", info.scalar_type(), sizes, order}};
  forms.back().sizes.push_back(1);
  forms.back().order.push_back(static_cast<uint8_t>(sizes.size()));
  if (sizes.empty()) return forms;
  const auto add = [&](const char* name, int32_t size) {
    forms.push_back({name, info.scalar_type(), sizes, order});
    forms.back().sizes[0] = size;
  };
  add("larger", sizes[0] + 1);
  add("smaller", std::max(sizes[0] - 1, 0));
  add("none", 0);
  if (sizes.size() < 2) return forms;
  forms.push_back({"backwards", info.scalar_type(), sizes, {order.rbegin(), order.rend()}});
  forms.push_back({"transposed", info.scalar_type(), {sizes.rbegin(), sizes.rend()}, order});
  std::vector<uint8_t> plain(order.size() - 1);
  for (size_t i = 0; i < plain.size(); ++i) plain[i] = static_cast<uint8_t>(i);
  forms.push_back({"one dimension less", info.scalar_type(), {sizes.begin() + 1, sizes.end()}, plain});
  return forms;
}

void ask_wrong_values(et::Method& method, Report& report, size_t index) {
  bool flags[] = {true};
  et::ArrayRef<bool> list(flags, 1);
  const et::EValue values[] = {et::EValue(), et::EValue(int64_t{41}), et::EValue(0.25), et::EValue(true),
                               et::EValue(&list)};
  for (const et::EValue& value : values) {
    report.error("set_input " + std::to_string(index) + " " + value_text(value), method.set_input(value, index));
    if (method.get_input(index).isTensor()) continue;
    report.line("input " + std::to_string(index), value_text(method.get_input(index)));
  }
}

void ask_wrong_tensors(et::Method& method, Report& report, size_t index) {
  const et::Result<et::TensorInfo> info = method.method_meta().input_tensor_meta(index);
  if (!info.ok() || !can_make(*info)) return;
  for (const Form& form : wrong_forms(*info)) {
    OwnTensor tensor(form.type, form.sizes, form.order);
    tensor.fill(7, false);
    report.error("set_input " + std::to_string(index) + " " + form.name, method.set_input(tensor.value(), index));
    if (!method.get_input(index).isTensor()) return;
    report.line("input " + std::to_string(index), tensor_text(method.get_input(index).toTensor(), false));
  }
  TensorImpl empty(info->scalar_type(), static_cast<ssize_t>(info->sizes().size()),
                   const_cast<int32_t*>(info->sizes().data()), nullptr, const_cast<uint8_t*>(info->dim_order().data()));
  report.error("set_input " + std::to_string(index) + " without data",
               method.set_input(et::EValue(Tensor(&empty)), index));
}

void fill_with_42(et::KernelRuntimeContext&, et::Span<et::EValue*> arguments) {
  if (arguments.empty() || !arguments[arguments.size() - 1]->isTensor()) return;
  const Tensor& out = arguments[arguments.size() - 1]->toTensor();
  std::memset(out.mutable_data_ptr(), 42, out.nbytes());
}

void refuse(et::KernelRuntimeContext& context, et::Span<et::EValue*>) { context.fail(et::Error::NotSupported); }

}  // namespace

void ask_wrong_inputs(const Program& program, Report& report) {
  FirstMethod first(program, report);
  if (!first.ok()) return;
  et::Method& method = first.method->get();
  Call call(method, program.generated);
  call.set_outputs(report);
  const size_t count = method.inputs_size();
  for (size_t i = 0; i < std::min(count, kMostAsked); ++i) {
    ask_wrong_values(method, report, i);
    ask_wrong_tensors(method, report, i);
  }
  report.error("set_input far", method.set_input(et::EValue(int64_t{1}), count));
  report.error("set_input very far", method.set_input(et::EValue(int64_t{1}), SIZE_MAX));
  std::vector<et::EValue> values(count + 2);
  report.error("set_inputs one more", method.set_inputs({values.data(), count + 1}));
  if (count > 0) report.error("set_inputs one less", method.set_inputs({values.data(), count - 1}));
  report.error("get_inputs", method.get_inputs(values.data(), values.size()));
  report.line("get_inputs behind", value_text(values[count]) + " " + value_text(values[count + 1]));
  if (count > 0) report.error("get_inputs short", method.get_inputs(values.data(), count - 1));
  call.set_inputs(report, 7);
  for (size_t i = 0; i < count; ++i) values[i] = method.get_input(i);
  report.error("set_inputs of its own", method.set_inputs({values.data(), count}));
  call.execute(report);
}

void ask_wrong_outputs(const Program& program, Report& report) {
  FirstMethod first(program, report);
  if (!first.ok()) return;
  et::Method& method = first.method->get();
  Call call(method, program.generated);
  call.set_inputs(report, 8);
  const size_t count = method.outputs_size();
  Bytes buffer(1U << 20U);
  for (size_t i = 0; i < std::min(count, kMostAsked); ++i) {
    const et::EValue& output = method.get_output(i);
    const size_t size = output.isTensor() ? output.toTensor().nbytes() : 4;
    if (size > buffer.size()) continue;
    const std::string question = "set_output_data_ptr " + std::to_string(i);
    if (size > 0) report.error(question + " short", method.set_output_data_ptr(buffer.data(), size - 1, i));
    report.error(question + " none", method.set_output_data_ptr(buffer.data(), 0, i));
    report.error(question + " null", method.set_output_data_ptr(nullptr, size, i));
    report.error(question + " larger", method.set_output_data_ptr(buffer.data(), buffer.size(), i));
    report.line("output", value_text(method.get_output(i)));
  }
  report.error("set_output_data_ptr far", method.set_output_data_ptr(buffer.data(), buffer.size(), count));
  call.set_outputs(report);
  call.execute(report);
  std::vector<et::EValue> values(count + 2, et::EValue(int64_t{5}));
  if (count > 0) report.error("get_outputs short", method.get_outputs(values.data(), count - 1));
  report.error("get_outputs", method.get_outputs(values.data(), values.size()));
  for (const et::EValue& value : values) report.line("of outputs", value_text(value));
}

void ask_shortage(const Program& program, Report& report) {
  const Shortage shortages[] = {{0, 0, 0, false},        {8, 0, 0, false},         {SIZE_MAX, 1, 0, false},
                                {SIZE_MAX, 0, 1, false}, {SIZE_MAX, 0, 64, false}, {SIZE_MAX, 9, 0, false},
                                {SIZE_MAX, 0, 0, true}};
  for (const Shortage& shortage : shortages) {
    report.about(std::to_string(shortage.method_bytes) + "/" + std::to_string(shortage.arenas_less) + "/" +
                 std::to_string(shortage.arena_bytes_less) + "/" + (shortage.no_planned_memory ? "none " : "some "));
    FirstMethod first(program, report, shortage);
  }
  Session session(program);
  if (!session.program().ok()) return;
  report.about("");
  const et::Result<et::MethodMeta> meta = session.program()->method_meta("forward");
  if (!meta.ok()) return;
  Memory memory(*meta);
  const et::Result<et::Method> method = session.program()->load_method("forward", &memory.manager());
  report.error("load_method without data", method.ok() ? et::Error::Ok : method.error());
  const et::Result<et::Method> none = session.program()->load_method("no such method", &memory.manager());
  report.error("load_method of none", none.ok() ? et::Error::Ok : none.error());
}

void ask_registry(const Program& program, Report& report) {
  const et::Kernel own[] = {et::Kernel("aten::add.out", fill_with_42), et::Kernel("aten::mul.out", refuse),
                            et::Kernel("executorch_prim::add.Scalar", refuse)};
  FirstMethod first(program, report, {}, {own, 3});
  if (!first.ok()) return;
  Call call(first.method->get(), program.generated);
  call.set_outputs(report);
  call.set_inputs(report, 9);
  call.execute(report);
  call.execute(report);
}

void ask_far_output(const Program& program, Report& report) {
  FirstMethod first(program, report);
  if (first.ok()) report.line("get_output far", value_text(first.method->get().get_output(1'000'000)));
}

void ask_far_input(const Program& program, Report& report) {
  FirstMethod first(program, report);
  if (first.ok()) report.line("get_input far", value_text(first.method->get().get_input(1'000'000)));
}

}  // namespace etbuild::differential
