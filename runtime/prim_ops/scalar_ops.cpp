// Operators on ints, doubles and bools: one function for all of them, with an opcode; a table says what each takes.

#include "double_bits.h"
#include "prim_ops.h"

namespace executorch::runtime::prim_ops {

namespace {

using Payload = EValue::Payload::TriviallyCopyablePayload;

// In this sequence: the function below asks for ranges.
enum class Opcode : uint8_t {
  // Ints give an int, otherwise a double.
  kAdd,
  kSub,
  kMul,
  kFloorDiv,
  kNeg,
  // A double.
  kTrueDiv,
  kFloat,
  // An int, from ints and bools.
  kMod,
  kIntDiv,
  kMax,
  kMin,
  // An int, from doubles too.
  kInt,
  kTrunc,
  kCeil,
  kRound,
  // A bool.
  kNot,
  kEq,
  kGt,
  kLt,
  kGe,
  kLe,
};

// What values an operator takes, a bit each.
constexpr uint8_t kUnary = 1;
constexpr uint8_t kInts = 1U << static_cast<unsigned>(Tag::Int);
constexpr uint8_t kDoubles = 1U << static_cast<unsigned>(Tag::Double);
constexpr uint8_t kBools = 1U << static_cast<unsigned>(Tag::Bool);
constexpr uint8_t kNumbers = kInts | kDoubles;
constexpr uint8_t kScalars = kNumbers | kBools;

// By opcode.
constexpr uint8_t kTakes[] = {
    kNumbers,
    kNumbers,
    kNumbers,
    kNumbers,
    kUnary | kNumbers,  //
    kNumbers,
    kUnary | kScalars,  //
    kInts,
    kInts,
    kInts,
    kInts,  //
    kUnary | kScalars,
    kUnary | kDoubles,
    kUnary | kDoubles,
    kUnary | kDoubles,  //
    kUnary | kBools,
    kScalars,
    kScalars,
    kScalars,
    kScalars,
    kScalars,
};

unsigned kind_of(const EValue& value) {
  return value.tag <= Tag::Bool ? (1U << static_cast<unsigned>(value.tag)) & kScalars : 0;
}

// What comparisons are true, a bit each.
constexpr unsigned kFirstComparison = static_cast<unsigned>(Opcode::kEq);
constexpr unsigned kTrueIfLess = 0b10100;
constexpr unsigned kTrueIfEqual = 0b11001;
constexpr unsigned kTrueIfGreater = 0b01010;

int64_t int_of(const EValue& value) {
  const Payload& payload = value.payload.copyable_union;
  return value.tag == Tag::Bool ? static_cast<int64_t>(payload.as_bool) : payload.as_int;
}

double double_of(const EValue& value) {
  return value.tag == Tag::Double ? value.payload.copyable_union.as_double : to_double(int_of(value));
}

int64_t wrap(uint64_t value) { return static_cast<int64_t>(value); }

// None if one is no number.
template <typename Number>
unsigned true_comparisons(Number a, Number b) {
  return a < b ? kTrueIfLess : a == b ? kTrueIfEqual : a > b ? kTrueIfGreater : 0;
}

double double_result(Opcode op, double a, double b) {
  switch (op) {
    case Opcode::kAdd:
      return a + b;
    case Opcode::kSub:
      return a - b;
    case Opcode::kMul:
      return a * b;
    case Opcode::kFloorDiv:
      return floor_divided(a, b);
    case Opcode::kNeg:
      return -a;
    case Opcode::kTrueDiv:
      return a / b;
    default:
      return a;
  }
}

// `b` is not 0.
int64_t divided(Opcode op, int64_t a, int64_t b) {
  // The lowest int has no quotient by -1, but wraps around.
  const int64_t quotient = b == -1 ? wrap(0 - static_cast<uint64_t>(a)) : a / b;
  const int64_t rest = b == -1 ? 0 : a % b;
  if (op == Opcode::kMod) return rest;
  return op == Opcode::kFloorDiv && rest != 0 && (rest ^ b) < 0 ? quotient - 1 : quotient;
}

// Ints wrap around. `b` is not 0 if there is a division.
ET_NOINLINE int64_t int_result(Opcode op, int64_t a, int64_t b) {
  switch (op) {
    case Opcode::kAdd:
      return wrap(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
    case Opcode::kSub:
      return wrap(static_cast<uint64_t>(a) - static_cast<uint64_t>(b));
    case Opcode::kMul:
      return wrap(static_cast<uint64_t>(a) * static_cast<uint64_t>(b));
    case Opcode::kNeg:
      return wrap(0 - static_cast<uint64_t>(a));
    case Opcode::kFloorDiv:
    case Opcode::kMod:
    case Opcode::kIntDiv:
      return divided(op, a, b);
    case Opcode::kMax:
      return a > b ? a : b;
    case Opcode::kMin:
      return a < b ? a : b;
    case Opcode::kNot:
      return a ^ 1;
    default:
      return a;
  }
}

bool divides_ints(Opcode op) { return op == Opcode::kFloorDiv || op == Opcode::kMod || op == Opcode::kIntDiv; }

// Bools go with bools only.
bool takes_both(unsigned takes, unsigned kind_of_a, unsigned kind_of_b) {
  const unsigned kinds = kind_of_a | kind_of_b;
  return (kind_of_a & takes) != 0 && (kind_of_b & takes) != 0 && (kinds == kBools || (kinds & kBools) == 0);
}

void scalar_op(KernelRuntimeContext& ctx, EValue** arguments, size_t size, Opcode op) {
  const Span<EValue*> args(arguments, size);
  const uint8_t takes = kTakes[static_cast<size_t>(op)];
  const size_t count = (takes & kUnary) != 0 ? 1 : 2;
  if (!has_arguments(ctx, args.size(), count + 1)) return;
  const EValue& a = *args[0];
  const EValue& b = *args[count - 1];
  if (!takes_both(takes, kind_of(a), kind_of(b))) return ctx.fail(Error::InvalidType);

  Tag tag = op >= Opcode::kNot ? Tag::Bool : Tag::Int;
  Payload result;
  unsigned comparisons = 0;
  if (a.isDouble() || b.isDouble() || op == Opcode::kTrueDiv || op == Opcode::kFloat) {
    const double first = double_of(a);
    const double second = double_of(b);
    comparisons = true_comparisons(first, second);
    if (op <= Opcode::kFloat) {
      tag = Tag::Double;
      result.as_double = double_result(op, first, second);
    } else {
      result.as_int = op >= Opcode::kCeil ? rounded(first, op == Opcode::kCeil) : truncated(first);
    }
  } else {
    const int64_t first = int_of(a);
    const int64_t second = int_of(b);
    if (second == 0 && divides_ints(op)) return ctx.fail(Error::InvalidArgument);
    comparisons = true_comparisons(first, second);
    result.as_int = int_result(op, first, second);
  }
  // A bool lies in the first byte of what would be an int.
  if (op >= Opcode::kEq) result.as_int = (comparisons >> (static_cast<unsigned>(op) - kFirstComparison)) & 1U;
  set_result(ctx, *args[count], tag, result);
}

}  // namespace

#define ET_SCALAR_OP(function, opcode)                           \
  void function(KernelRuntimeContext& ctx, Span<EValue*> args) { \
    scalar_op(ctx, args.data(), args.size(), Opcode::opcode);    \
  }
ET_SCALAR_OP(add_Scalar, kAdd)
ET_SCALAR_OP(ceil_Scalar, kCeil)
ET_SCALAR_OP(eq_Scalar, kEq)
ET_SCALAR_OP(floordiv_Scalar, kFloorDiv)
ET_SCALAR_OP(floordiv_int, kIntDiv)
ET_SCALAR_OP(ge_Scalar, kGe)
ET_SCALAR_OP(gt_Scalar, kGt)
ET_SCALAR_OP(le_Scalar, kLe)
ET_SCALAR_OP(lt_Scalar, kLt)
ET_SCALAR_OP(mod_int, kMod)
ET_SCALAR_OP(mul_Scalar, kMul)
ET_SCALAR_OP(neg_Scalar, kNeg)
ET_SCALAR_OP(round_Scalar, kRound)
ET_SCALAR_OP(sub_Scalar, kSub)
ET_SCALAR_OP(sym_float_Scalar, kFloat)
ET_SCALAR_OP(sym_int_Scalar, kInt)
ET_SCALAR_OP(sym_max_Scalar, kMax)
ET_SCALAR_OP(sym_min_Scalar, kMin)
ET_SCALAR_OP(sym_not_Scalar, kNot)
ET_SCALAR_OP(truediv_Scalar, kTrueDiv)
ET_SCALAR_OP(trunc_Scalar, kTrunc)
#undef ET_SCALAR_OP

void sym_ite_Scalar(KernelRuntimeContext& ctx, Span<EValue*> args) {
  if (!has_arguments(ctx, args.size(), 4)) return;
  if (!args[0]->isBool()) return ctx.fail(Error::InvalidType);
  const EValue& chosen = *args[args[0]->payload.copyable_union.as_bool ? 1 : 2];
  if (kind_of(chosen) == 0) return ctx.fail(Error::InvalidType);
  set_result(ctx, *args[3], chosen.tag, chosen.payload.copyable_union);
}

}  // namespace executorch::runtime::prim_ops
