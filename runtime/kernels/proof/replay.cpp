#include "replay.h"

#include <executorch/runtime/kernel/kernel_runtime_context.h>

#include <cstdio>

#include "call_arguments.h"
#include "comparison.h"
#include "guarded_call.h"
#include "temporary_memory.h"

namespace etbuild::proof {

using executorch::runtime::Error;
using executorch::runtime::get_op_function_from_registry;
using executorch::runtime::KernelRuntimeContext;
using executorch::runtime::TensorMeta;

namespace {

constexpr int kShownFailures = 3;
constexpr int kCallsWithWrongs = 2;

bool begins_with_one(const std::string& name, const std::vector<std::string>& beginnings) {
  for (const std::string& beginning : beginnings) {
    if (name.compare(0, beginning.size(), beginning) != 0) continue;
    if (name.size() == beginning.size() || name[beginning.size()] == '.' || beginning.back() == '*') return true;
  }
  return false;
}

bool is_present(const std::string& name) {
  for (const executorch::runtime::Kernel& kernel : kernels_under_test()) {
    if (name == kernel.name_) return true;
  }
  return false;
}

// As a method looks a kernel up: by all tensors of the call.
std::vector<TensorMeta> metas_of(CallArguments& arguments) {
  std::vector<TensorMeta> metas;
  for (const auto& tensor : arguments.tensors()) {
    const auto order = tensor->tensor().dim_order();
    metas.push_back(TensorMeta(tensor->tensor().scalar_type(),
                               {const_cast<executorch::aten::DimOrderType*>(order.data()), order.size()}));
  }
  return metas;
}

std::string tensor_text(const RecordedTensor& tensor) {
  std::string text = dtype_name(tensor.dtype) + sizes_text(tensor.sizes.data(), tensor.sizes.size());
  bool is_usual = true;
  std::string order = "/";
  for (size_t i = 0; i < tensor.dim_order.size(); ++i) {
    is_usual = is_usual && tensor.dim_order[i] == i;
    order += std::to_string(tensor.dim_order[i]);
  }
  return text + (is_usual ? "" : order) + (tensor.is_output ? "!" : "");
}

std::string argument_text(const RecordedArgument& argument) {
  std::string text;
  char number[32];
  switch (argument.kind) {
    case Kind::kNone:
      return "None";
    case Kind::kInt:
      return std::to_string(argument.integer);
    case Kind::kDouble:
      std::snprintf(number, sizeof(number), "%#.9g", argument.number);
      return number;
    case Kind::kBool:
      return argument.integer != 0 ? "True" : "False";
    case Kind::kString:
      return "\"" + argument.text + "\"";
    case Kind::kTensor:
      return tensor_text(argument.tensor);
    default:
      for (int64_t integer : argument.integers) text += ", " + std::to_string(integer);
      for (double each : argument.numbers) text += ", " + std::to_string(each);
      for (const RecordedArgument& element : argument.elements) text += ", " + argument_text(element);
      return "[" + (text.empty() ? text : text.substr(2)) + "]";
  }
}

}  // namespace

std::string call_text(const RecordedCall& call) {
  std::string text;
  for (const RecordedArgument& argument : call.arguments) {
    if (argument.kind != Kind::kReturned) text += ", " + argument_text(argument);
  }
  return call.name + "(" + (text.empty() ? text : text.substr(2)) + ")";
}

namespace {

constexpr size_t kTemporaryBytes = size_t{64} << 20;

// How a call is made.
struct Making {
  size_t missing = 0;  // Arguments that are left out at the end.
  size_t temporary_bytes = kTemporaryBytes;
};

// Makes the call; says how it ended if it did not return, or that something was
// written that must not be. `error` is how the kernel says that it failed.
std::string make_call(const RecordedCall& call, CallArguments& arguments, const Making& making, Error& error) {
  std::vector<TensorMeta> metas = metas_of(arguments);
  const auto kernel =
      get_op_function_from_registry(call.name.c_str(), {metas.data(), metas.size()}, kernels_under_test());
  if (!kernel.ok()) return "no such kernel";
  TemporaryMemory memory(making.temporary_bytes);
  KernelRuntimeContext context(nullptr, &memory);
  const auto span = arguments.span();
  const std::string ended = not_returned(*kernel, context, {span.data(), span.size() - making.missing});
  if (!ended.empty()) return ended;
  error = context.failure_state();
  for (const auto& tensor : arguments.tensors()) {
    if (!tensor->is_intact()) return tensor->recorded().is_output ? "wrote beside an output" : "changed an input";
  }
  return {};
}

}  // namespace

namespace {

std::string text_of(Error error) {
  char code[16];
  std::snprintf(code, sizeof(code), "%#x", static_cast<unsigned>(error));
  return std::string("failed with ") + code + ": " + last_log_message();
}

// What is wrong with the answer; nothing if it is as recorded.
std::string difference_of(const RecordedCall& call, const CallArguments& arguments) {
  size_t number = 0;
  for (const auto& tensor : arguments.tensors()) {
    if (!tensor->recorded().is_output) continue;
    const std::string what = difference(*tensor, call);
    if (!what.empty()) return "output " + std::to_string(number) + ": " + what;
    ++number;
  }
  return {};
}

}  // namespace

std::string failure_of(const RecordedCall& call) {
  CallArguments arguments(call);
  Error error = Error::Ok;
  const std::string ended = make_call(call, arguments, {}, error);
  if (!ended.empty()) return ended;
  return error != Error::Ok ? text_of(error) : difference_of(call, arguments);
}

std::string failure_of(const WrongCall& wrong) {
  CallArguments arguments(wrong.call);
  Error error = Error::Ok;
  const Making making = {wrong.missing, wrong.has_memory ? kTemporaryBytes : 0};
  const std::string ended = make_call(wrong.call, arguments, making, error);
  if (!ended.empty()) return ended;
  if (wrong.has_memory) return wrong.must_fail && error == Error::Ok ? "was not refused" : "";
  if (error == Error::Ok) return difference_of(wrong.call, arguments);
  return error == Error::MemoryAllocationFailed ? "" : text_of(error);
}

bool Replay::is_wanted(const std::string& name) const {
  if (begins_with_one(name, options_.skipped)) return false;
  if (options_.only_present && !is_present(name)) return false;
  return options_.operators.empty() || begins_with_one(name, options_.operators);
}

void Replay::tell(Tally& tally, const std::string& call, const std::string& failure) {
  if (failure.empty()) {
    ++tally.passed;
  } else if (options_.shows_all || tally.recorded - tally.passed <= kShownFailures) {
    std::printf("FAILED %s: %s\n", call.c_str(), failure.c_str());
  }
}

void Replay::announce(const std::string& call) const {
  if (!options_.shows_calls) return;
  std::printf("%s\n", call.c_str());
  std::fflush(stdout);
}

void Replay::replay(const RecordedCall& call) {
  Tally& tally = tallies_[call.name];
  ++tally.recorded;
  announce(call_text(call));
  tell(tally, call_text(call), failure_of(call));
}

void Replay::replay_wrong(const RecordedCall& call) {
  if (calls_with_wrongs_[call.name]++ >= kCallsWithWrongs) return;
  Tally& tally = tallies_[call.name];
  for (const WrongCall& wrong : wrong_calls(call)) {
    ++tally.recorded;
    const std::string text = call_text(wrong.call) + ", " + wrong.what;
    announce(text);
    tell(tally, text, failure_of(wrong));
  }
}

bool Replay::run(const uint8_t* bytes, size_t size) {
  CallsReader reader(bytes, size);
  RecordedCall call;
  while (reader.next(call)) {
    if (!is_wanted(call.name)) continue;
    if (options_.makes_wrong_calls) {
      replay_wrong(call);
    } else {
      replay(call);
    }
  }
  return reader.is_valid();
}

int Replay::finish() const {
  Tally all;
  int whole = 0;
  for (const auto& [name, tally] : tallies_) {
    all.recorded += tally.recorded;
    all.passed += tally.passed;
    whole += tally.recorded == tally.passed ? 1 : 0;
    std::printf("%-55s %5d recorded %5d passed%s\n", name.c_str(), tally.recorded, tally.passed,
                tally.recorded == tally.passed ? "" : "  <-");
  }
  std::printf("%d of %zu operators, %d of %d %s\n", whole, tallies_.size(), all.passed, all.recorded,
              options_.makes_wrong_calls ? "wrong calls are refused or survived" : "calls answer as ATen");
  return all.recorded > 0 && all.passed == all.recorded ? 0 : 1;
}

}  // namespace etbuild::proof
