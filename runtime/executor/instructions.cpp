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
  explicit ChainLoader(const InstructionContext& context)
      : context_(context),
        counts_{context.plan->operators()->size(), context.delegates, context.plan->values()->size()} {}

  Error resolve_operators() {
    operators_ = allocate_list<ResolvedOperator>(context_.allocator, counts_[0]);
    if (operators_ == nullptr) return Error::MemoryAllocationFailed;
    ResolvedOperator* next = operators_;
    for (const auto* source : *context_.plan->operators()) {
      const OperatorName name = name_of(source);
      *next = {find(name, {}), find_signature(name.name, name.overload, kernel_signatures())};
      if (std::strcmp(name.name, "executorch_prim::et_view") == 0) view_ = next->kernel.function;
      ++next;
    }
    return Error::Ok;
  }

  Error load(const schema::Chain* source, Chain* made) {
    const auto* sources = source->instructions();
    const size_t size = sources->size();
    auto* instructions = allocate_list<Instruction>(context_.allocator, size);
    if (instructions == nullptr) return Error::MemoryAllocationFailed;
    *made = {instructions, size};
    // All operators that are missing are told, not only the first.
    Error missing = Error::Ok;
    for (const auto* instruction : *sources) {
      const Error error = load(instruction, size, instructions++);
      if (error == Error::OperatorMissing) {
        missing = error;
      } else if (error != Error::Ok) {
        return error;
      }
    }
    return missing;
  }

  // Stores room for the arguments of any call that was loaded.
  Error make_state(MethodState* state) const {
    const size_t count = all_arities_known_ || arity_ > kPaddedArguments ? arity_ : kPaddedArguments;
    auto** arguments = allocate_list<EValue*>(context_.allocator, count);
    if (arguments == nullptr) return Error::MemoryAllocationFailed;
    new (state) MethodState{arguments, EValue(), view_, may_lack_data()};
    for (size_t index = 0; index < count; ++index) arguments[index] = &state->none;
    return Error::Ok;
  }

 private:
  // In the method's own kernels, and then among all that are registered.
  KernelMatch find(const OperatorName& name, const Span<const TensorMeta>& metas) const {
    const KernelMatch match = find_kernel(name, metas, context_.kernels);
    return match.function != nullptr ? match : find_registered_kernel(name, metas);
  }

  // `size` is that of its chain. Its type is none but those that there are: its structure was checked.
  Error load(const schema::Instruction* source, size_t size, Instruction* made) {
    *made = {nullptr, source};
    const auto type = source->instr_args_type();
    const void* call = source->instr_args();
    const auto first = flatbuffers::read<int32_t>(call, kFirstField, 0);
    if (type > InstructionArguments::DelegateCall) return load_other(type, first, call, size);
    const auto* arguments = static_cast<const Indices*>(flatbuffers::target_or_empty(call, kSecondField));
    ET_CHECK_OR_RETURN_ERROR(is_index(first, counts_[static_cast<size_t>(type) - 1]), InvalidProgram,
                             "A call names operator or delegate %d of %zu", static_cast<int>(first),
                             counts_[static_cast<size_t>(type) - 1]);
    for (const int32_t index : *arguments) {
      ET_CHECK_OR_RETURN_ERROR(is_index(index, counts_[kValues]), InvalidProgram,
                               "Argument index %d negative or >= %zu", static_cast<int>(index), counts_[kValues]);
    }
    if (arguments->size() > arity_) arity_ = arguments->size();
    if (type == InstructionArguments::DelegateCall) return Error::Ok;
    return resolve(static_cast<uint32_t>(first), arguments, made);
  }

  // A move, a jump or a free: no call, but a value and perhaps something else.
  Error load_other(InstructionArguments type, int32_t first, const void* call, size_t size) {
    // A FreeCall has but one field: what a later schema may have added to it was not checked.
    const bool frees = type == InstructionArguments::FreeCall;
    const int32_t second = frees ? 0 : flatbuffers::read<int32_t>(call, kSecondField, 0);
    // The end, too, is a place to jump to.
    const size_t count = type == InstructionArguments::JumpFalseCall ? size + 1 : counts_[kValues];
    ET_CHECK_OR_RETURN_ERROR(is_index(first, counts_[kValues]) && is_index(second, count), InvalidProgram,
                             "An instruction of type %u names value %d of %zu and %d of %zu",
                             static_cast<unsigned>(type), static_cast<int>(first), counts_[kValues],
                             static_cast<int>(second), count);
    frees_ = frees_ || frees;
    return type == InstructionArguments::MoveCall ? check_move(first, second) : Error::Ok;
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
  ET_NOINLINE bool may_lack_data() const {
    if (frees_) return true;
    for (size_t index = 0; index < counts_[kValues]; ++index) {
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
  ET_NOINLINE OpFunction find_specialised(const schema::Operator* source, const Indices* arguments) const {
    TensorMeta metas[kPaddedArguments];
    size_t count = 0;
    for (const int32_t index : *arguments) {
      const EValue& value = context_.values[index];
      if (!value.isTensor()) continue;
      if (count == kPaddedArguments) return find(name_of(source), {}).function;
      const auto order = value.payload.as_tensor.dim_order();
      metas[count++] = {value.payload.as_tensor.scalar_type(), {const_cast<uint8_t*>(order.data()), order.size()}};
    }
    return find(name_of(source), {metas, count}).function;
  }

  Error resolve(uint32_t index, const Indices* arguments, Instruction* made) {
    const ResolvedOperator& found = operators_[index];
    const auto* source = context_.plan->operators()->Get(index);
    const OpFunction kernel =
        found.kernel.has_specialized ? find_specialised(source, arguments) : found.kernel.function;
    ET_CHECK_OR_RETURN_ERROR(kernel != nullptr, OperatorMissing, "Missing operator: [%d] %s.%s",
                             static_cast<int>(index), source->name()->c_str(), source->overload()->c_str());
    *made = {kernel, arguments};
    if (found.signature != nullptr) return check_signature(source, found.signature, arguments);
    all_arities_known_ = false;
    return Error::Ok;
  }

  Error check_signature([[maybe_unused]] const schema::Operator* source, const char* wanted,
                        const Indices* arguments) const {
    for (const int32_t index : *arguments) {
      if (*wanted == '\0') break;
      ET_CHECK_OR_RETURN_ERROR(takes(*wanted, context_.values[index].tag), InvalidProgram,
                               "%s.%s does not take value %d, whose tag is %u", source->name()->c_str(),
                               source->overload()->c_str(), static_cast<int>(index),
                               static_cast<unsigned>(context_.values[index].tag));
      ++wanted;
    }
    ET_CHECK_OR_RETURN_ERROR(*wanted == '\0', InvalidProgram, "%s.%s is called with %u arguments, which is too few",
                             source->name()->c_str(), source->overload()->c_str(),
                             static_cast<unsigned>(arguments->size()));
    return Error::Ok;
  }

  const InstructionContext& context_;
  ResolvedOperator* operators_ = nullptr;
  // How many operators, delegates and values there are.
  const size_t counts_[3];
  static constexpr size_t kValues = 2;
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
