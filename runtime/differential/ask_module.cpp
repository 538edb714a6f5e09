// What a Module answers: files in every mode, methods by name, calls with all inputs, with some and with too many.

#include <executorch/extension/module/module.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "scenarios.h"
#include "session.h"

namespace etbuild::differential {
namespace {

using executorch::extension::Module;
using Values = std::vector<et::EValue>;

// A file in memory, under a path, as long as this lives.
class MemoryFile {
 public:
  explicit MemoryFile(const Bytes& bytes) : file_(memfd_create("program", 0)) {
    for (size_t done = 0; file_ >= 0 && done < bytes.size();) {
      const ssize_t count = write(file_, bytes.data() + done, bytes.size() - done);
      if (count <= 0) break;
      done += static_cast<size_t>(count);
    }
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile() { close(file_); }
  std::string path() const { return "/proc/self/fd/" + std::to_string(file_); }

 private:
  int file_;
};

std::vector<std::string> sorted_names(Module& module) {
  auto names = module.method_names();
  if (!names.ok()) return {};
  std::vector<std::string> sorted(names->begin(), names->end());
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

std::unique_ptr<OwnTensor> tensor_of(const et::Result<et::TensorInfo>& info, uint64_t seed) {
  if (!info.ok() || !can_make(*info)) return nullptr;
  auto tensor =
      std::make_unique<OwnTensor>(info->scalar_type(), std::vector<int32_t>(info->sizes().begin(), info->sizes().end()),
                                  std::vector<uint8_t>(info->dim_order().begin(), info->dim_order().end()));
  tensor->fill(seed, false);
  return tensor;
}

void tell(Report& report, const std::string& question, const et::Result<Values>& result) {
  if (!report.error(question, result.ok() ? et::Error::Ok : result.error())) return;
  for (const et::EValue& value : *result) report.line("gives", value_text(value));
}

// Its inputs with a value of the right kind each, and memory for outputs that have none.
class ModuleCall {
 public:
  ModuleCall(Module& module, const std::string& name, Report& report) : module_(module), name_(name), report_(report) {}

  bool prepare(const et::MethodMeta& meta) {
    for (size_t i = 0; i < meta.num_outputs(); ++i) {
      const et::Result<et::TensorInfo> info = meta.output_tensor_meta(i);
      if (!info.ok() || info->is_memory_planned()) continue;
      tensors_.push_back(tensor_of(info, 0));
      if (tensors_.back() == nullptr) return false;
      report_.error("set_output " + std::to_string(i), module_.set_output(name_, tensors_.back()->value(), i));
    }
    auto method = module_.method(name_);
    if (!method.ok()) return false;
    for (size_t i = 0; i < meta.num_inputs(); ++i) {
      values_.push_back((*method)->get_input(i));
      if (!values_.back().isTensor()) continue;
      tensors_.push_back(tensor_of(meta.input_tensor_meta(i), i + 1));
      if (tensors_.back() == nullptr) return false;
      values_.back() = tensors_.back()->value();
    }
    return true;
  }

  void ask() {
    Values more = values_;
    more.emplace_back(int64_t{1});
    tell(report_, "execute with one more", module_.execute(name_, more));
    tell(report_, "execute", module_.execute(name_, values_));
    tell(report_, "execute with none", module_.execute(name_));
    if (!values_.empty()) {
      tell(report_, "execute with one less", module_.execute(name_, Values(values_.begin(), values_.end() - 1)));
      report_.error("set_input", module_.set_input(name_, values_.back(), values_.size() - 1));
      report_.error("set_input far", module_.set_input(name_, values_.back(), values_.size()));
    }
    report_.error("set_inputs", module_.set_inputs(name_, values_));
    report_.error("set_output of another kind", module_.set_output(name_, et::EValue(int64_t{1})));
    const et::Result<et::EValue> first = module_.get(name_, values_);
    report_.line("get", first.ok() ? value_text(*first) : error_text(first.error()));
    if (!first.ok()) return;  // Nobody says what outputs hold.
    const et::Result<et::EValue> output = module_.get_output(name_);
    report_.line("get_output", output.ok() ? value_text(*output) : error_text(output.error()));
    const et::Result<et::EValue> far = module_.get_output(name_, 1000);
    report_.line("get_output far", far.ok() ? value_text(*far) : error_text(far.error()));
    tell(report_, "get_outputs", module_.get_outputs(name_));
  }

 private:
  Module& module_;
  const std::string name_;
  Report& report_;
  Values values_;
  std::vector<std::unique_ptr<OwnTensor>> tensors_;
};

void ask_method(Module& module, const std::string& name, Report& report) {
  report.about(quoted(name) + " ");
  const et::Result<et::MethodMeta> meta = module.method_meta(name);
  report.error("method_meta", meta.ok() ? et::Error::Ok : meta.error());
  report.line("loaded at first", module.is_method_loaded(name) ? "yes" : "no");
  if (!report.error("load_method", module.load_method(name)) || !meta.ok()) return;
  ModuleCall call(module, name, report);
  if (call.prepare(*meta)) call.ask();
  report.line("unload_method", module.unload_method(name) ? "yes" : "no");
  report.line("loaded at last", module.is_method_loaded(name) ? "yes" : "no");
}

void ask_all_of(Module& module, Report& report) {
  if (!report.error("load verified", module.load(et::Program::Verification::InternalConsistency))) return;
  report.line("num_methods", result_text(module.num_methods()));
  for (const std::string& name : sorted_names(module)) ask_method(module, name, report);
  ask_method(module, "no such method", report);
}

}  // namespace

void ask_module(const Program& program, Report& report) {
  const MemoryFile file(program.file);
  const MemoryFile data_file(program.data_file);
  for (const auto mode : {Module::LoadMode::File, Module::LoadMode::Mmap, Module::LoadMode::MmapUseMadvise}) {
    report.about("mode " + std::to_string(static_cast<int>(mode)) + " ");
    Module module(file.path(), mode);
    report.line("is_loaded", module.is_loaded() ? "yes" : "no");
    report.error("load_method", module.load_forward());
    report.line("is_loaded", module.is_loaded() ? "yes" : "no");
  }
  report.about("");
  if (program.data_file.size() > 0) {
    Module module(file.path(), data_file.path());
    return ask_all_of(module, report);
  }
  Module module(file.path());
  ask_all_of(module, report);
}

void ask_module_of_nothing(const Program&, Report& report) {
  Module module("/nowhere/at/all.pte");
  report.error("load", module.load());
  report.line("num_methods", result_text(module.num_methods()));
  report.error("load_method", module.load_forward());
  report.error("forward", module.forward().error());
}

}  // namespace etbuild::differential
