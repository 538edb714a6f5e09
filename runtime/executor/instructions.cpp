#include "instructions.h"

#include <cstring>
#include <new>

#include "kernel_lookup.h"
#include "kernel_signatures.h"

namespace executorch::runtime::internal {
namespace {

namespace schema = executorch_flatbuffer;
using schema::InstructionArguments;
using Indices = flatbuffers::Vector<int32_t, uint32_t>;

// An entry of a plan's operators, looked up once however often it is called.
struct ResolvedOperator {
  KernelMatch kernel;
  // What it takes; null if nobody says.
  const char* signature;
};

OperatorName name_of(const schema::Operator* source) { return {source->name()->c_str(), source->overload()->c_str()}; }

// Loads the chains of a plan.
class ChainLoader final {
 public:
  explicit ChainLoader(const InstructionContext& context) : context_(context) {}

  Error resolve_operators() {
    const auto* sources = context_.plan->operators();
    operators_ = context_.allocator->allocateList<ResolvedOperator>(sources->size());
    if (operators_ == nullptr) return Error::MemoryAllocationFailed;
    for (uint32_t index = 0; index < sources->size(); ++index) {
      const OperatorName name = name_of(sources->Get(index));
      operators_[index] = {find_kernel(name, {}, context_.kernels),
                           find_signature(name.name, name.overload, kernel_signatures())};
    }
    return Error::Ok;
  }

  Error load(const schema::Chain* source, Chain* made) {
    const auto* sources = source->instructions();
    auto* instructions = context_.allocator->allocateList<Instruction>(sources->size());
    if (instructions == nullptr) return Error::MemoryAllocationFailed;
    *made = {instructions, sources->size()};
    size_ = sources->size();
    // All operators that are missing are told, not only the first.
    size_t missing = 0;
    for (uint32_t index = 0; index < sources->size(); ++index) {
      const Error error = load(sources->Get(index), &instructions[index]);
      if (error != Error::Ok && error != Error::OperatorMissing) return error;
      missing += error == Error::Ok ? 0 : 1;
    }
    ET_CHECK_OR_RETURN_ERROR(missing == 0, OperatorMissing,
                             "%zu instructions have no kernel registered for their operator. See logs for details",
                             missing);
    return Error::Ok;
  }

  // Stores room for the arguments of any call that was loaded.
  Error make_state(MethodState* state) const {
    const size_t count = all_arities_known_ || arity_ > kPaddedArguments ? arity_ : kPaddedArguments;
    auto** arguments = context_.allocator->allocateList<EValue*>(count);
    if (arguments == nullptr) return Error::MemoryAllocationFailed;
    new (state) MethodState{arguments, EValue()};
    for (size_t index = 0; index < count; ++index) arguments[index] = &state->none;
    return Error::Ok;
  }

 private:
  Error load(const schema::Instruction* source, Instruction* made) {
    *made = {nullptr, source};
    switch (source->instr_args_type()) {
      case InstructionArguments::KernelCall:
        return load_call(static_cast<const schema::KernelCall*>(source->instr_args()), made);
      case InstructionArguments::DelegateCall: {
        const auto* call = static_cast<const schema::DelegateCall*>(source->instr_args());
        if (!is_index(call->delegate_index(), context_.delegates)) return refuse("delegate", call->delegate_index());
        return check_arguments(call->args());
      }
      case InstructionArguments::MoveCall: {
        const auto* call = static_cast<const schema::MoveCall*>(source->instr_args());
        if (!is_value(call->move_from())) return refuse("value", call->move_from());
        return is_value(call->move_to()) ? Error::Ok : refuse("value", call->move_to());
      }
      case InstructionArguments::JumpFalseCall: {
        const auto* call = static_cast<const schema::JumpFalseCall*>(source->instr_args());
        if (!is_value(call->cond_value_index())) return refuse("value", call->cond_value_index());
        // To the end is a way out.
        const bool inside = is_index(call->destination_instruction(), size_ + 1);
        return inside ? Error::Ok : refuse("instruction", call->destination_instruction());
      }
      case InstructionArguments::FreeCall: {
        const auto* call = static_cast<const schema::FreeCall*>(source->instr_args());
        return is_value(call->value_index()) ? Error::Ok : refuse("value", call->value_index());
      }
      default:
        return refuse("type of instruction", static_cast<int32_t>(source->instr_args_type()));
    }
  }

  bool is_value(int32_t index) const { return is_index(index, context_.plan->values()->size()); }

  static Error refuse(const char* what, int32_t index) {
    ET_LOG(Error, "An instruction names %s %d, which does not exist", what, static_cast<int>(index));
    (void)what;
    (void)index;
    return Error::InvalidProgram;
  }

  Error check_arguments(const Indices* arguments) {
    for (const int32_t index : *arguments) {
      if (!is_value(index)) return refuse("value", index);
    }
    if (arguments->size() > arity_) arity_ = arguments->size();
    return Error::Ok;
  }

  // The kernel for the tensors of this very call. A call with more tensors than kernels are specialised for gets the
  // fallback.
  ET_NOINLINE OpFunction find_specialised(OperatorName name, const Indices* arguments) const {
    TensorMeta metas[kPaddedArguments];
    size_t count = 0;
    for (const int32_t index : *arguments) {
      const EValue& value = context_.values[index];
      if (!value.isTensor()) continue;
      if (count == kPaddedArguments) return find_kernel(name, {}, context_.kernels).function;
      const auto order = value.payload.as_tensor.dim_order();
      metas[count++] = {value.payload.as_tensor.scalar_type(), {const_cast<uint8_t*>(order.data()), order.size()}};
    }
    return find_kernel(name, {metas, count}, context_.kernels).function;
  }

  Error load_call(const schema::KernelCall* call, Instruction* made) {
    const auto* sources = context_.plan->operators();
    if (!is_index(call->op_index(), sources->size())) return refuse("operator", call->op_index());
    ET_CHECK_OK_OR_RETURN_ERROR(check_arguments(call->args()));
    const ResolvedOperator& found = operators_[call->op_index()];
    const OperatorName name = name_of(sources->Get(static_cast<uint32_t>(call->op_index())));
    const OpFunction kernel =
        found.kernel.has_specialized ? find_specialised(name, call->args()) : found.kernel.function;
    ET_CHECK_OR_RETURN_ERROR(kernel != nullptr, OperatorMissing, "Missing operator: [%d] %s.%s",
                             static_cast<int>(call->op_index()), name.name, name.overload);
    *made = {kernel, call->args()};
    if (found.signature != nullptr) return check_signature(name, found.signature, call->args());
    all_arities_known_ = false;
    return Error::Ok;
  }

  Error check_signature([[maybe_unused]] OperatorName name, const char* wanted, const Indices* arguments) const {
    for (const int32_t index : *arguments) {
      if (*wanted == '\0') break;
      ET_CHECK_OR_RETURN_ERROR(takes(*wanted, context_.values[index].tag), InvalidProgram,
                               "%s.%s does not take value %d, whose tag is %u", name.name, name.overload,
                               static_cast<int>(index), static_cast<unsigned>(context_.values[index].tag));
      ++wanted;
    }
    ET_CHECK_OR_RETURN_ERROR(*wanted == '\0', InvalidProgram, "%s.%s is called with %u arguments, which is too few",
                             name.name, name.overload, static_cast<unsigned>(arguments->size()));
    return Error::Ok;
  }

  const InstructionContext& context_;
  ResolvedOperator* operators_ = nullptr;
  // Of the chain that is being loaded.
  size_t size_ = 0;
  // The largest number of arguments in any call.
  size_t arity_ = 0;
  // False once a kernel is called of which nobody says how many arguments it reads.
  bool all_arities_known_ = true;
};

}  // namespace

Error load_chains(const InstructionContext& context, Chain** made) {
  const auto* sources = context.plan->chains();
  // A Chain needs less alignment than the state, and follows it: one allocation holds both.
  const size_t bytes = sizeof(MethodState) + sources->size() * sizeof(Chain);
  auto* place = static_cast<uint8_t*>(context.allocator->allocate(bytes, alignof(MethodState)));
  if (place == nullptr) return Error::MemoryAllocationFailed;
  *made = reinterpret_cast<Chain*>(place + sizeof(MethodState));
  ChainLoader loader(context);
  ET_CHECK_OK_OR_RETURN_ERROR(loader.resolve_operators());
  for (uint32_t index = 0; index < sources->size(); ++index) {
    ET_CHECK_OK_OR_RETURN_ERROR(loader.load(sources->Get(index), *made + index));
  }
  return loader.make_state(reinterpret_cast<MethodState*>(place));
}

}  // namespace executorch::runtime::internal
