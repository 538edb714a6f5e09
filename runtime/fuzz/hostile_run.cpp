#include "hostile_run.h"

#include <executorch/runtime/core/exec_aten/util/dim_order_util.h>
#include <executorch/runtime/executor/program.h>
#include <executorch/runtime/platform/platform.h>

#include <cstdlib>
#include <cstring>
#include <vector>

#include "exact_memory.h"
#include "method_memory.h"
#include "test_kernels.h"
#include "touch.h"

namespace etbuild::testing {
namespace {

using executorch::aten::Tensor;
using executorch::aten::TensorImpl;
using executorch::runtime::Error;
using executorch::runtime::EValue;
using executorch::runtime::Method;
using executorch::runtime::MethodMeta;
using executorch::runtime::NamedDataMap;
using executorch::runtime::Program;
using executorch::runtime::TensorInfo;

constexpr size_t kMethods = 3;
constexpr size_t kSteps = 200;

void promise(bool kept) {
  if (!kept) std::abort();
}

// A tensor of the caller's, of the sizes that the metadata says, or of one row less.
struct OwnTensor {
  OwnTensor(const TensorInfo& info, bool small)
      : sizes(info.sizes().begin(), info.sizes().end()),
        order(info.dim_order().begin(), info.dim_order().end()),
        strides(sizes.size()) {
    size_t nbytes = info.nbytes();
    if (small && !sizes.empty() && sizes[0] > 0) {
      nbytes = nbytes / static_cast<size_t>(sizes[0]) * static_cast<size_t>(sizes[0] - 1);
      --sizes[0];
    }
    bytes = make_bytes(nbytes, 16, 0x3f);
    promise(executorch::runtime::dim_order_to_stride(sizes.data(), order.data(), sizes.size(), strides.data()) ==
            Error::Ok);
    impl.emplace(info.scalar_type(), static_cast<ssize_t>(sizes.size()), sizes.data(), bytes.get(), order.data(),
                 strides.data());
  }

  std::vector<int32_t> sizes;
  std::vector<uint8_t> order;
  std::vector<int32_t> strides;
  Bytes bytes;
  std::optional<TensorImpl> impl;
};

void ask(const MethodMeta& meta) {
  volatile size_t sum = std::strlen(meta.name()) + meta.num_instructions() + meta.num_attributes();
  sum = sum + (meta.uses_backend("TestBackend") ? 1 : 0);
  for (size_t i = 0; i <= meta.num_inputs(); ++i) sum = sum + (meta.input_tag(i).ok() ? 1 : 0);
  for (size_t i = 0; i <= meta.num_outputs(); ++i) sum = sum + (meta.output_tag(i).ok() ? 1 : 0);
  for (size_t i = 0; i < meta.num_outputs(); ++i) {
    const auto info = meta.output_tensor_meta(i);
    if (info.ok()) sum = sum + info->nbytes() + info->sizes().size() + info->name().size();
  }
  for (size_t i = 0; i < meta.num_attributes(); ++i) {
    const auto info = meta.attribute_tensor_meta(i);
    if (info.ok()) sum = sum + info->nbytes() + info->name().size();
  }
  for (size_t i = 0; i <= meta.num_backends(); ++i) {
    const auto name = meta.get_backend_name(i);
    if (name.ok()) sum = sum + std::strlen(*name);
  }
  for (size_t i = 0; i <= meta.num_memory_planned_buffers(); ++i) {
    sum = sum + (meta.memory_planned_buffer_device(i).ok() ? 1 : 0);
  }
}

// A method with memory of its own.
class Session {
 public:
  Session(const Program& program, const ExactLoader& loader, const HostileOptions& options, HostileOutcome* outcome)
      : program_(program),
        loader_(loader),
        outcome_(outcome),
        small_inputs_(options.small_inputs),
        allocation_failure_(options.allocations),
        temporary_failure_(options.temporaries),
        load_failure_(options.loads),
        memory_(&allocation_failure_, &temporary_failure_),
        weight_(&load_failure_),
        data_(options.data == nullptr ? &weight_ : options.data) {}

  void run(const char* name) {
    const auto meta = program_.method_meta(name);
    if (!note(meta.error())) return;
    ask(*meta);
    auto method = program_.load_method(name, memory_.plan(*meta), nullptr, data_, nullptr, test_kernels());
    if (note(method.error())) {
      ++outcome_->methods;
      use(*method, *meta);
    }
    outcome_->failed_on_purpose |= allocation_failure_.happened() || temporary_failure_.happened();
  }

 private:
  bool note(Error error) {
    if (error != Error::Ok) outcome_->last = error;
    return error == Error::Ok;
  }

  void set_inputs(Method& method, const MethodMeta& meta) {
    std::vector<EValue> values(meta.num_inputs());
    note(method.get_inputs(values.data(), values.size()));
    for (size_t i = 0; i < values.size(); ++i) {
      const auto info = meta.input_tensor_meta(i);
      if (!info.ok() || info->nbytes() > kArena || info->sizes().size() > 16) {
        note(method.set_input(values[i], i));
        continue;
      }
      for (const bool small : {false, true}) {
        if (small && !small_inputs_) break;
        tensors_.push_back(std::make_unique<OwnTensor>(*info, small));
        const Error error = method.set_input(EValue(Tensor(&*tensors_.back()->impl)), i);
        if (!small) note(error);
      }
    }
  }

  void set_outputs(Method& method, const MethodMeta& meta) {
    for (size_t i = 0; i < meta.num_outputs(); ++i) {
      const auto info = meta.output_tensor_meta(i);
      if (!info.ok() || info->is_memory_planned() || info->nbytes() > kArena) continue;
      memories_.push_back(make_bytes(info->nbytes(), 16, 0));
      note(method.set_output_data_ptr(memories_.back().get(), info->nbytes(), i));
    }
  }

  // Room for what they hold now, which may be less than they could.
  void give_exact_outputs(Method& method, const MethodMeta& meta) {
    for (size_t i = 0; i < meta.num_outputs(); ++i) {
      const EValue& value = method.get_output(i);
      if (!value.isTensor() || value.toTensor().nbytes() > kArena) continue;
      memories_.push_back(make_bytes(value.toTensor().nbytes(), 16, 0));
      (void)method.set_output_data_ptr(memories_.back().get(), value.toTensor().nbytes(), i);
    }
  }

  // Whether it came to an end.
  bool step_through(Method& method) {
    for (size_t steps = 0; steps < kSteps; ++steps) {
      const Error error = method.step();
      if (error == Error::EndOfMethod) return note(method.reset_execution());
      if (!note(error)) return false;
    }
    return false;
  }

  void read_outputs(Method& method, const MethodMeta& meta) {
    std::vector<EValue> values(meta.num_outputs());
    if (!note(method.get_outputs(values.data(), values.size()))) return;
    for (const EValue& value : values) {
      // An app sees that an output has no data: one that was never set.
      bool is_there = !value.isTensor() || value.toTensor().const_data_ptr() != nullptr;
      if (value.isTensorList()) {
        for (const Tensor& tensor : value.toTensorList()) is_there = is_there && tensor.const_data_ptr() != nullptr;
      }
      if (is_there && !value.isListOptionalTensor()) touch(value);
    }
  }

  void use(Method& method, const MethodMeta& meta) {
    set_inputs(method, meta);
    set_outputs(method, meta);
    // First in steps, of which there is a limit: what ends here ends there.
    const bool ended = step_through(method);
    if (!ended) return;
    for (int times = 0; times < 2; ++times) {
      if (!note(method.execute())) break;
      ++outcome_->executed;
      read_outputs(method, meta);
      give_exact_outputs(method, meta);
    }
    (void)method.get_attribute("counter").ok();
  }

  const Program& program_;
  const ExactLoader& loader_;
  HostileOutcome* outcome_;
  bool small_inputs_;
  Failure allocation_failure_;
  Failure temporary_failure_;
  Failure load_failure_;
  MethodMemory memory_;
  OneWeight weight_;
  const NamedDataMap* data_;
  std::vector<Bytes> memories_;
  std::vector<std::unique_ptr<OwnTensor>> tensors_;
};

void read_named_data(const Program& program) {
  const auto map = program.get_named_data_map();
  if (map.ok()) touch(**map);
}

}  // namespace

HostileOutcome run_hostile(const uint8_t* data, size_t size, const HostileOptions& options) {
  register_test_backend();
  HostileOutcome outcome{};
  Failure failure(options.loads);
  const ExactLoader loader(data, size, &failure);
  const auto verification =
      options.thorough_load ? Program::Verification::InternalConsistency : Program::Verification::Minimal;
  {
    const auto program = Program::load(const_cast<ExactLoader*>(&loader), verification);
    outcome.load = program.error();
    if (program.ok()) read_named_data(*program);
    for (size_t i = 0; program.ok() && i <= program->num_methods() && i <= kMethods; ++i) {
      const auto name = program->get_method_name(i);
      if (!name.ok()) continue;
      (void)program->get_output_flattening_encoding(*name).ok();
      Session(*program, loader, options, &outcome).run(*name);
      promise(living_handles() == 0);
    }
    outcome.wrote_constants = !loader.unchanged();
  }
  outcome.failed_on_purpose |= failure.happened();
  return outcome;
}

}  // namespace etbuild::testing

// Hostile programs are refused by the million: nobody reads why.
extern "C" void et_pal_emit_log_message(et_timestamp_t timestamp, et_pal_log_level_t level, const char* filename,
                                        const char* function, size_t line, const char* message, size_t length) {
  (void)timestamp;
  (void)level;
  (void)filename;
  (void)function;
  (void)line;
  (void)message;
  (void)length;
}
