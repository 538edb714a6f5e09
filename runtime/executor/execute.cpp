#include <executorch/runtime/core/event_tracer_hooks.h>
#include <executorch/runtime/core/exec_aten/util/tensor_util.h>
#include <executorch/runtime/executor/method.h>
#include <executorch/runtime/kernel/kernel_runtime_context.h>
#include <executorch/runtime/platform/profiler.h>

#include <cstring>

#include "caller_values.h"
#include "plan.h"

// How many instructions a call of execute() runs before it takes the program for an endless loop.
#ifndef ET_MAX_INSTRUCTIONS
#define ET_MAX_INSTRUCTIONS 10000000
#endif

namespace executorch::runtime {
namespace {

namespace schema = executorch_flatbuffer;
using schema::InstructionArguments;
using Indices = flatbuffers::Vector<int32_t, uint32_t>;

// All kinds of instruction begin alike: with an index; some have another one behind it.
constexpr uint16_t kFirstField = schema::MoveCall::slot_of_move_from;
constexpr uint16_t kSecondField = schema::MoveCall::slot_of_move_to;
static_assert(schema::JumpFalseCall::slot_of_cond_value_index == kFirstField);
static_assert(schema::JumpFalseCall::slot_of_destination_instruction == kSecondField);
static_assert(schema::FreeCall::slot_of_value_index == kFirstField);
static_assert(schema::DelegateCall::slot_of_delegate_index == kFirstField);

// Fills a call's arguments in; their indices were checked when the method was loaded.
inline Span<EValue*> expand(const Indices* indices, EValue* values, EValue** arguments) {
  const size_t count = indices->size();
  const int32_t* index = indices->data();
  for (size_t at = 0; at < count; ++at) arguments[at] = &values[index[at]];
  return {arguments, count};
}

#if ET_LOG_ENABLED
// What a call left unfinished, for whoever reads the log.
void log_failure(const schema::ExecutionPlan* plan, size_t chain_index, size_t instruction, Span<EValue*> arguments,
                 Error error) {
  const auto* source =
      plan->chains()->Get(static_cast<uint32_t>(chain_index))->instructions()->Get(static_cast<uint32_t>(instruction));
  const auto* call = static_cast<const schema::KernelCall*>(source->instr_args());
  const auto* called = plan->operators()->Get(static_cast<uint32_t>(call->op_index()));
  ET_LOG(Error, "KernelCall failed in operator %s.%s: 0x%x", called->name()->c_str(), called->overload()->c_str(),
         static_cast<unsigned>(error));
  for (size_t index = 0; index < arguments.size(); ++index) {
    ET_LOG(Error, "arg %u with type id %u", static_cast<unsigned>(index), static_cast<unsigned>(arguments[index]->tag));
  }
}
#endif

}  // namespace

Error Method::execute_instruction() {
  const Instruction& instruction = chains_[step_state_.chain_idx].instructions[step_state_.instr_idx];
  const MethodState& state = reinterpret_cast<const MethodState*>(chains_)[-1];
  const internal::EventTracerProfileInstructionScope instruction_scope(
      event_tracer_, static_cast<ChainID>(step_state_.chain_idx), static_cast<DebugHandle>(step_state_.instr_idx));

  // Whatever is no call of a kernel. A function of its own, so that those calls need not save what only this uses.
  const auto execute_other = [this](const schema::Instruction* source, EValue** room, bool may_lack_data)
      __attribute__((noinline)) {
    size_t next = step_state_.instr_idx + 1;
    const auto* call = source->instr_args();
    const auto index = static_cast<size_t>(flatbuffers::read<int32_t>(call, kFirstField, 0));
    switch (source->instr_args_type()) {
      case InstructionArguments::DelegateCall: {
        const internal::EventTracerProfileOpScope scope(event_tracer_, "DELEGATE_CALL");
        const Span<EValue*> arguments = expand(static_cast<const schema::DelegateCall*>(call)->args(), values_, room);
        if (may_lack_data) ET_CHECK_OK_OR_RETURN_ERROR(internal::check_data(arguments));
        BackendExecutionContext context(event_tracer_, temp_allocator_, serialization_plan_->name()->c_str());
        const Error error = delegates_[index].execute(context, arguments);
        if (temp_allocator_ != nullptr) temp_allocator_->reset();
        ET_CHECK_OK_OR_RETURN_ERROR(error, "CALL_DELEGATE execute failed at instruction %zu: 0x%x",
                                    step_state_.instr_idx, static_cast<unsigned>(error));
#ifdef ET_EVENT_TRACER_ENABLED
        for (EValue* argument : arguments) internal::event_tracer_log_evalue(event_tracer_, *argument);
#endif
        break;
      }
      case InstructionArguments::JumpFalseCall: {
        const internal::EventTracerProfileOpScope scope(event_tracer_, "JF_CALL");
        bool condition = false;
        ET_CHECK_OK_OR_RETURN_ERROR(internal::read_condition(values_[index], &condition));
        if (!condition) next = static_cast<size_t>(flatbuffers::read<int32_t>(call, kSecondField, 0));
        break;
      }
      case InstructionArguments::MoveCall: {
        const internal::EventTracerProfileOpScope scope(event_tracer_, "MOVE_CALL");
        // Values own nothing: a copy is their bytes.
        std::memcpy(static_cast<void*>(&values_[flatbuffers::read<int32_t>(call, kSecondField, 0)]),
                    static_cast<const void*>(&values_[index]), sizeof(EValue));
        break;
      }
      // FreeCall: loading refuses all others.
      default: {
        const internal::EventTracerProfileOpScope scope(event_tracer_, "FREE_CALL");
        ET_CHECK_OR_RETURN_ERROR(values_[index].isTensor(), InvalidProgram,
                                 "FreeCall target at index %zu is not a Tensor", index);
        internal::reset_data_ptr(values_[index].payload.as_tensor);
        break;
      }
    }
    step_state_.instr_idx = next;
    return Error::Ok;
  };

  if (ET_UNLIKELY(instruction.kernel == nullptr)) {
    return execute_other(static_cast<const schema::Instruction*>(instruction.source), state.arguments,
                         state.may_lack_data);
  }
  const internal::EventTracerProfileOpScope scope(event_tracer_, "OPERATOR_CALL");
  const Span<EValue*> arguments = expand(static_cast<const Indices*>(instruction.source), values_, state.arguments);
  if (ET_UNLIKELY(state.may_lack_data) && instruction.kernel != state.view)
    ET_CHECK_OK_OR_RETURN_ERROR(internal::check_data(arguments));
  KernelRuntimeContext context(event_tracer_, temp_allocator_);
  instruction.kernel(context, arguments);
  if (temp_allocator_ != nullptr) temp_allocator_->reset();
  const Error error = context.failure_state();
  if (ET_UNLIKELY(error != Error::Ok)) {
#if ET_LOG_ENABLED
    log_failure(serialization_plan_, step_state_.chain_idx, step_state_.instr_idx, arguments, error);
#endif
    return error;
  }
  ++step_state_.instr_idx;
  return Error::Ok;
}

Error Method::execute() {
  internal::event_tracer_create_event_block(event_tracer_, "Execute");
  // Not a scope: an execution that fails is never ended, and one that does not is ended before its outputs are told.
  const EventTracerEntry entry = internal::event_tracer_begin_profiling_event(event_tracer_, "Method::execute");
  EXECUTORCH_SCOPE_PROF("Method::execute");
  ET_CHECK_OR_RETURN_ERROR(initialized(), NotSupported, "Cannot execute until method has been initialized.");
  ET_CHECK_OR_RETURN_ERROR(!in_progress(), InvalidState, "Method execution is in progress");
  const bool* is_set = input_set_;
  for (const int32_t index : *serialization_plan_->inputs()) {
    ET_CHECK_OR_RETURN_ERROR(*is_set++ && !internal::lacks_data(values_[index]), InvalidArgument,
                             "Input %d has not been set.", static_cast<int>(is_set - input_set_) - 1);
  }
  Error error = Error::Ok;
  size_t left = ET_MAX_INSTRUCTIONS;
  for (step_state_.chain_idx = 0; step_state_.chain_idx < n_chains_; ++step_state_.chain_idx) {
    const size_t size = chains_[step_state_.chain_idx].size;
    for (step_state_.instr_idx = 0; step_state_.instr_idx < size && error == Error::Ok; --left) {
      if (ET_UNLIKELY(left == 0)) {
        ET_LOG(Error,
               "Instruction execution limit (%zu) exceeded. Possible infinite loop detected. If this is a "
               "legitimate large model, raise the limit by rebuilding with -DET_MAX_INSTRUCTIONS=<value>.",
               static_cast<size_t>(ET_MAX_INSTRUCTIONS));
        error = Error::InvalidProgram;
        break;
      }
      error = execute_instruction();
    }
    if (error != Error::Ok) break;
  }
  // From the beginning again, whether this went well or not.
  step_state_ = {0, 0};
  if (error != Error::Ok) return error;
  internal::event_tracer_end_profiling_event(event_tracer_, entry);
  log_outputs();
  return Error::Ok;
}

Error Method::step() {
  const internal::EventTracerProfileOpScope scope(event_tracer_, "Method::step");
  EXECUTORCH_SCOPE_PROF("Method::step");
  ET_CHECK_OR_RETURN_ERROR(initialized(), InvalidState, "Cannot execute until method has been initialized.");
  if (step_state_.chain_idx == n_chains_) return Error::EndOfMethod;
  if (step_state_.chain_idx == 0 && step_state_.instr_idx == 0) {
    for (const int32_t index : *serialization_plan_->inputs()) {
      ET_CHECK_OR_RETURN_ERROR(!internal::lacks_data(values_[index]), InvalidState, "Input value %d has no data",
                               static_cast<int>(index));
    }
  }
  const size_t size = chains_[step_state_.chain_idx].size;
  if (step_state_.instr_idx < size) ET_CHECK_OK_OR_RETURN_ERROR(execute_instruction());
  if (step_state_.instr_idx >= size) {
    step_state_ = {step_state_.chain_idx + 1, 0};
    if (step_state_.chain_idx == n_chains_) log_outputs();
  }
  return Error::Ok;
}

bool Method::in_progress() const {
  return step_state_.chain_idx < n_chains_ && (step_state_.chain_idx > 0 || step_state_.instr_idx > 0);
}

Error Method::reset_execution() {
  ET_CHECK_OR_RETURN_ERROR(step_state_.chain_idx == n_chains_, InvalidState,
                           "Cannot reset until EndOfMethod has been reached.");
  step_state_ = {0, 0};
  return Error::Ok;
}

Error Method::experimental_step() { return step(); }
Error Method::experimental_reset_execution() { return reset_execution(); }

void Method::log_outputs() {
#ifdef ET_EVENT_TRACER_ENABLED
  if (event_tracer_ == nullptr) return;
  for (size_t index = 0; index < outputs_size(); ++index) {
    internal::event_tracer_log_evalue_output(event_tracer_, get_output(index));
  }
#endif
}

}  // namespace executorch::runtime
