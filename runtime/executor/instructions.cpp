#include "instructions.h"

#include <cstring>
#include <new>

#include "caller_values.h"
#include "kernel_lookup.h"
#include "kernel_signatures.h"

namespace executorch::runtime::internal {
namespace {

namespace schema = executorch_flatbuffer;
using schema::InstructionArguments;
using Indices = flatbuffers::Vector<int32_t, uint32_t>;

// All kinds of instruction begin alike: with an index, then with the indices of arguments or another index or nothing.
// Read by place, they need no switch.
constexpr uint16_t kFirstField = 4;
constexpr uint16_t kSecondField = 6;
constexpr size_t kTypes = static_cast<size_t>(InstructionArguments::FreeCall) + 1;
// The first type that begins with the index of a value.
constexpr size_t kValues = static_cast<size_t>(InstructionArguments::MoveCall);

// An entry of a plan's operators, looked up once however often it is called.
struct ResolvedOperator {
  KernelMatch kernel;
  // What it takes; null if nobody says.
  const char* signature;
};

// Double, Int and Bool stand next to each other.
bool is_scalar(Tag tag) { return tag >= Tag::Double && tag <= Tag::Bool; }

OperatorName name_of(const schema::Operator* source) { return {source->name()->c_str(), source->overload()->c_str()}; }

// Loads the chains of a plan.
class ChainLoader final {
 public:
  explicit ChainLoader(const InstructionContext& context) : context_(context) {
    counts_[static_cast<size_t>(InstructionArguments::KernelCall)] = context.plan->operators()->size();
    counts_[static_cast<size_t>(InstructionArguments::DelegateCall)] = context.delegates;
    for (size_t type = kValues; type < kTypes; ++type) counts_[type] = context.plan->values()->size();
    second_counts_[static_cast<size_t>(InstructionArguments::MoveCall)] = counts_[kValues];
  }

  Error resolve_operators() {
    const auto* sources = context_.plan->operators();
    operators_ = context_.allocator->allocateList<ResolvedOperator>(sources->size());
    if (operators_ == nullptr) return Error::MemoryAllocationFailed;
    for (uint32_t index = 0; index < sources->size(); ++index) {
      const OperatorName name = name_of(sources->Get(index));
      operators_[index] = {find(name, {}), find_signature(name.name, name.overload, kernel_signatures())};
      if (std::strcmp(name.name, "executorch_prim::et_view") == 0) view_ = operators_[index].kernel.function;
    }
    return Error::Ok;
  }

  Error load(const schema::Chain* source, Chain* made) {
    const auto* sources = source->instructions();
    auto* instructions = context_.allocator->allocateList<Instruction>(sources->size());
    if (instructions == nullptr) return Error::MemoryAllocationFailed;
    *made = {instructions, sources->size()};
    // The end, too, is a place to jump to.
    second_counts_[static_cast<size_t>(InstructionArguments::JumpFalseCall)] = sources->size() + 1;
    // All operators that are missing are told, not only the first.
    bool missing = false;
    for (uint32_t index = 0; index < sources->size(); ++index) {
      const Error error = load(sources->Get(index), &instructions[index]);
      if (error != Error::Ok && error != Error::OperatorMissing) return error;
      missing = missing || error != Error::Ok;
    }
    return missing ? Error::OperatorMissing : Error::Ok;
  }

  // Stores room for the arguments of any call that was loaded.
  Error make_state(MethodState* state) const {
    const size_t count = all_arities_known_ || arity_ > kPaddedArguments ? arity_ : kPaddedArguments;
    auto** arguments = context_.allocator->allocateList<EValue*>(count);
    if (arguments == nullptr) return Error::MemoryAllocationFailed;
    new (state) MethodState{arguments, EValue(), view_, may_lack_data()};
    for (size_t index = 0; index < count; ++index) arguments[index] = &state->none;
    return Error::Ok;
  }

 private:
  // In the method's own kernels, and then among all that are registered.
  KernelMatch find(OperatorName name, Span<const TensorMeta> metas) const {
    const KernelMatch match = find_kernel(name, metas, context_.kernels);
    return match.function != nullptr ? match : find_registered_kernel(name, metas);
  }

  Error load(const schema::Instruction* source, Instruction* made) {
    *made = {nullptr, source};
    const auto type = static_cast<size_t>(source->instr_args_type());
    const void* call = source->instr_args();
    const bool has_arguments = type <= static_cast<size_t>(InstructionArguments::DelegateCall);
    const auto first = flatbuffers::read<int32_t>(call, kFirstField, 0);
    // A FreeCall has but one field: what a later schema may have added to it was not checked.
    const bool has_second = !has_arguments && source->instr_args_type() != InstructionArguments::FreeCall;
    const int32_t second = has_second ? flatbuffers::read<int32_t>(call, kSecondField, 0) : 0;
    ET_CHECK_OR_RETURN_ERROR(is_index(first, counts_[type]) && is_index(second, second_counts_[type]), InvalidProgram,
                             "An instruction of type %zu names %d of %zu and %d of %zu", type, static_cast<int>(first),
                             counts_[type], static_cast<int>(second), second_counts_[type]);
    if (source->instr_args_type() == InstructionArguments::MoveCall) return check_move(first, second);
    frees_ = frees_ || source->instr_args_type() == InstructionArguments::FreeCall;
    if (!has_arguments) return Error::Ok;
    const auto* arguments = static_cast<const Indices*>(flatbuffers::target_or_empty(call, kSecondField));
    for (const int32_t index : *arguments) {
      ET_CHECK_OR_RETURN_ERROR(is_index(index, counts_[kValues]), InvalidProgram,
                               "Argument index %d negative or >= %zu", static_cast<int>(index), counts_[kValues]);
    }
    if (arguments->size() > arity_) arity_ = arguments->size();
    const bool is_kernel = type == static_cast<size_t>(InstructionArguments::KernelCall);
    return is_kernel ? resolve(static_cast<uint32_t>(first), arguments, made) : Error::Ok;
  }

  // What a value is stays, so that what is checked here of calls holds while the program runs. Only scalars may change
  // into one another.
  Error check_move(int32_t from, int32_t to) const {
    const Tag tags[2] = {context_.values[from].tag, context_.values[to].tag};
    ET_CHECK_OR_RETURN_ERROR(tags[0] == tags[1] || (is_scalar(tags[0]) && is_scalar(tags[1])), InvalidProgram,
                             "Value %d, whose tag is %u, cannot be moved to value %d, whose tag is %u",
                             static_cast<int>(from), static_cast<unsigned>(tags[0]), static_cast<int>(to),
                             static_cast<unsigned>(tags[1]));
    return Error::Ok;
  }

  // Whether a call could meet a tensor without data: one that is freed, or that nobody has given any.
  bool may_lack_data() const {
    if (frees_) return true;
    for (uint32_t index = 0; index < context_.plan->values()->size(); ++index) {
      if (lacks_data(context_.values[index]) && !is_input(static_cast<int32_t>(index))) return true;
    }
    return false;
  }

  // Execution does not begin before inputs are set. Of many, not all are looked at: those only cost checks.
  bool is_input(int32_t index) const {
    const auto* inputs = context_.plan->inputs();
    for (uint32_t at = 0; at < inputs->size() && at < kPaddedArguments; ++at) {
      if (inputs->Get(at) == index) return true;
    }
    return false;
  }

  // The kernel for the tensors of this very call. A call with more tensors than kernels are specialised for gets the
  // fallback.
  ET_NOINLINE OpFunction find_specialised(OperatorName name, const Indices* arguments) const {
    TensorMeta metas[kPaddedArguments];
    size_t count = 0;
    for (const int32_t index : *arguments) {
      const EValue& value = context_.values[index];
      if (!value.isTensor()) continue;
      if (count == kPaddedArguments) return find(name, {}).function;
      const auto order = value.payload.as_tensor.dim_order();
      metas[count++] = {value.payload.as_tensor.scalar_type(), {const_cast<uint8_t*>(order.data()), order.size()}};
    }
    return find(name, {metas, count}).function;
  }

  Error resolve(uint32_t index, const Indices* arguments, Instruction* made) {
    const ResolvedOperator& found = operators_[index];
    const OperatorName name = name_of(context_.plan->operators()->Get(index));
    const OpFunction kernel = found.kernel.has_specialized ? find_specialised(name, arguments) : found.kernel.function;
    ET_CHECK_OR_RETURN_ERROR(kernel != nullptr, OperatorMissing, "Missing operator: [%d] %s.%s",
                             static_cast<int>(index), name.name, name.overload);
    *made = {kernel, arguments};
    if (found.signature != nullptr) return check_signature(name, found.signature, arguments);
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
  // By type of instruction: how many there are of what its first field names, and of what its second does. Where that
  // is nothing, it reads as 0.
  size_t counts_[kTypes] = {};
  size_t second_counts_[kTypes] = {1, 1, 1, 1, 1, 1};
  // The largest number of arguments in any call.
  size_t arity_ = 0;
  OpFunction view_ = nullptr;
  // Whether a FreeCall was loaded.
  bool frees_ = false;
  // False once a kernel is called of which nobody says how many arguments it reads.
  bool all_arities_known_ = true;
};

}  // namespace

Error load_chains(const InstructionContext& context, Chain** made) {
  const auto* sources = context.plan->chains();
  ET_CHECK_OR_RETURN_ERROR(!sources->empty(), InvalidProgram, "The method has no chains");
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
