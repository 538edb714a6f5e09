#include "program_runner.h"

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "elements.h"
#include "loaded_program.h"
#include "profile.h"
#include "recorded_calls.h"

namespace etbuild::runner {
namespace {

using executorch::aten::ScalarType;
using Arrays = std::vector<NpyArray>;

class Run {
 public:
  explicit Run(const ProgramOptions& options) : options_(options) {}

  Status all(std::string* text) {
    const Status status = options_.calls.empty() ? given() : recorded();
    *text = text_;
    return status;
  }

 private:
  Status open(const std::string& method) {
    auto profile = options_.profile.empty() ? nullptr : std::make_unique<Profile>();
    profile_ = profile.get();
    return LoadedProgram::open(options_.program, method, std::move(profile), &program_);
  }

  Status given() {
    Status status = open(options_.method);
    if (status.ok()) status = given_calls();
    return status.ok() && profile_ != nullptr ? write_profile() : status;
  }

  Status recorded() {
    std::vector<RecordedMethod> methods;
    Status status = read_recorded_calls(options_.calls, &methods);
    for (size_t index = 0; status.ok() && index < methods.size(); ++index) {
      status = open(methods[index].name);
      if (status.ok()) status = recorded_calls(methods[index]);
      if (status.ok() && profile_ != nullptr && index + 1 == methods.size()) status = write_profile();
    }
    return status;
  }

  Status given_calls() {
    Arrays inputs;
    Arrays outputs;
    Status status = options_.is_random ? random_inputs(&inputs) : read_all(options_.inputs, &inputs);
    std::vector<double> milliseconds;
    for (uint64_t call = 0; status.ok() && call < options_.repeat; ++call) {
      const auto begin = std::chrono::steady_clock::now();
      status = program_->run(inputs, &outputs);
      const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
      milliseconds.push_back(took.count());
    }
    if (!status.ok()) return status;
    show_times(&milliseconds);
    for (size_t index = 0; index < outputs.size(); ++index) {
      const std::string name = "output " + std::to_string(index);
      text_ += name + ": " + name_of(outputs[index].type) + text_of(outputs[index].shape) + "\n";
      if (options_.output.empty()) continue;
      status = write_npy(options_.output + "/output." + std::to_string(index) + ".npy", outputs[index]);
      if (!status.ok()) return status;
    }
    return options_.compare.empty() ? status : compare(outputs);
  }

  Status compare(const Arrays& outputs) {
    Arrays expected;
    const Status status = read_all(options_.compare, &expected);
    if (!status.ok()) return status;
    if (expected.size() > outputs.size()) {
      return {StatusCode::kBadArgument, "--compare must be given at most once an output, of which there are " +
                                            std::to_string(outputs.size()) + ", is given " +
                                            std::to_string(expected.size()) + " times"};
    }
    std::vector<Comparison> comparisons(expected.size());
    for (size_t index = 0; index < expected.size(); ++index) {
      const std::string name = "output " + std::to_string(index);
      const Status added =
          comparisons[index].add(name, expected[index], outputs[index], program_->is_bfloat16(index), index == 0);
      if (!added.ok()) return added;
    }
    const std::vector<Tolerance> usual = {{"relative_error", 1e-4}, {"sqnr_db", 60}, {"equal", 0.999}};  // Of float32.
    return verdict(furthest_off(comparisons), options_.tolerances.empty() ? usual : options_.tolerances);
  }

  Status recorded_calls(const RecordedMethod& recorded) {
    std::vector<Comparison> comparisons;
    Count tokens;
    bool diverged = false;
    for (const RecordedCall& call : recorded.calls) {
      Arrays inputs;
      Arrays outputs;
      Status status = call.begins_sequence ? program_->reset() : Status();
      if (call.begins_sequence) diverged = false;
      if (status.ok()) status = read_all(call.inputs, &inputs);
      if (status.ok()) status = program_->run(inputs, &outputs);
      if (status.ok()) status = add_call(call, outputs, &comparisons);
      if (!status.ok()) return {status.code(), "call '" + call.name + "': " + status.message()};
      if (call.token < 0) continue;
      // Tokens count up to the first that differs: from there on it would be another text.
      ++tokens.total;
      diverged = diverged || largest_in_last_row(outputs[0], program_->is_bfloat16(0)) != call.token;
      if (!diverged) ++tokens.equal;
    }
    text_ += recorded.name + ": " + std::to_string(recorded.calls.size()) + " calls\n";
    Figures figures = furthest_off(comparisons);
    figures.tokens = tokens;
    return verdict(figures, recorded.tolerances);
  }

  Status add_call(const RecordedCall& call, const Arrays& outputs, std::vector<Comparison>* comparisons) const {
    const bool needs_output = call.token >= 0 || !call.logits.empty();
    comparisons->resize(std::max(comparisons->size(), outputs.size()));
    if (needs_output && outputs.empty()) return {StatusCode::kFailed, "must give an output, gives none"};
    for (const auto& [index, path] : call.expected) {
      NpyArray expected;
      Status status = read_npy(path, &expected);
      if (status.ok() && index >= outputs.size()) {
        return {StatusCode::kFailed,
                "must give output " + std::to_string(index) + ", gives " + std::to_string(outputs.size()) + " outputs"};
      }
      const std::string name = "output " + std::to_string(index) + " of '" + call.name + "'";
      if (status.ok()) {
        Comparison& comparison = (*comparisons)[index];
        status = comparison.add(name, expected, outputs[index], program_->is_bfloat16(index), index == 0);
      }
      if (!status.ok()) return status;
    }
    return call.logits.empty() ? Status() : add_logits(call, outputs[0], comparisons->data());
  }

  Status add_logits(const RecordedCall& call, NpyArray logits, Comparison* comparison) const {
    NpyArray expected;
    const Status status = read_npy(call.logits, &expected);
    if (!status.ok()) return status;
    if (logits.count() == expected.count()) logits.shape = expected.shape;
    return comparison->add("the logits of '" + call.name + "'", expected, logits, program_->is_bfloat16(0), true);
  }

  Status verdict(const Figures& figures, const std::vector<Tolerance>& tolerances) {
    text_ += report(figures) + "\n";
    std::string lines;
    for (const std::string& line : judge(figures, tolerances)) lines += "\n  " + line;
    if (lines.empty()) return {};
    if (!figures.worst.empty()) lines += "\n  largest error: " + figures.worst;
    return {StatusCode::kFailed, "the outputs are not as expected:" + lines};
  }

  Status random_inputs(Arrays* inputs) const {
    for (size_t index = 0; index < program_->inputs().size(); ++index) {
      const TensorForm& form = program_->inputs()[index];
      NpyType type;
      if (!npy_type_of(form.type, &type)) {
        return {StatusCode::kUnsuitable, "input " + std::to_string(index) + " has a type that no array has"};
      }
      inputs->push_back(random_array(type, form.type == ScalarType::BFloat16, form.sizes, options_.seed + index));
    }
    return {};
  }

  static Status read_all(const std::vector<std::string>& paths, Arrays* arrays) {
    for (const std::string& path : paths) {
      arrays->emplace_back();
      const Status status = read_npy(path, &arrays->back());
      if (!status.ok()) return status;
    }
    return {};
  }

  void show_times(std::vector<double>* milliseconds) {
    std::sort(milliseconds->begin(), milliseconds->end());
    char line[128];
    std::snprintf(line, sizeof line, "%zu calls: median %.3f ms, fastest %.3f ms\n", milliseconds->size(),
                  (*milliseconds)[milliseconds->size() / 2], milliseconds->front());
    if (options_.repeat > 1) text_ += line;
  }

  Status write_profile() {
    text_ += table_of(profile_->slowest(), options_.slowest);
    return profile_->write(options_.profile);
  }

  const ProgramOptions& options_;
  std::unique_ptr<LoadedProgram> program_;
  Profile* profile_ = nullptr;  // Owned by the program.
  std::string text_;
};

}  // namespace

Status run_program(const ProgramOptions& options, std::string* text) { return Run(options).all(text); }

}  // namespace etbuild::runner
