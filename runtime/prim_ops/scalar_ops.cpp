// Operators on ints, doubles and bools: one function for all of them, with an opcode; a table says what each takes.

#include "prim_ops.h"

namespace executorch::runtime::prim_ops {

namespace {

using Payload = EValue::Payload::TriviallyCopyablePayload;

enum class Opcode : uint8_t {
  kAdd,
  kSub,
  kMul,
  kFloorDiv,
  kTrueDiv,  // Two numbers, a number.
  kEq,
  kGt,
  kLt,
  kGe,
  kLe,  // Two numbers or two bools, a bool.
  kMax,
  kMin,
  kMod,
  kIntDiv,  // Two ints, an int.
  kNeg,
  kCeil,
  kRound,
  kTrunc,  // One number, a number.
  kFloat,
  kInt,
  kNot,  // One scalar.
};

// What values an operator takes, a bit each.
constexpr uint8_t kInts = 1;
constexpr uint8_t kDoubles = 2;
constexpr uint8_t kBools = 4;
constexpr uint8_t kUnary = 8;
constexpr uint8_t kNumbers = kInts | kDoubles;

constexpr uint8_t kTakes[] = {
    kNumbers,
    kNumbers,
    kNumbers,
    kNumbers,
    kNumbers,
    kNumbers | kBools,
    kNumbers | kBools,
    kNumbers | kBools,
    kNumbers | kBools,
    kNumbers | kBools,
    kInts,
    kInts,
    kInts,
    kInts,
    kUnary | kNumbers,
    kUnary | kDoubles,
    kUnary | kDoubles,
    kUnary | kDoubles,
    kUnary | kNumbers | kBools,
    kUnary | kNumbers | kBools,
    kUnary | kBools,
};

uint8_t kind_of(const EValue& value) {
  switch (value.tag) {
    case Tag::Int:
      return kInts;
    case Tag::Double:
      return kDoubles;
    case Tag::Bool:
      return kBools;
    default:
      return 0;
  }
}

// What order two values may have, a bit each; none if one is no number.
constexpr unsigned kLess = 1;
constexpr unsigned kEqual = 2;
constexpr unsigned kGreater = 4;

constexpr uint8_t kOrders[] = {kEqual, kGreater, kLess, kGreater | kEqual, kLess | kEqual};

template <typename Number>
unsigned order_of(Number a, Number b) {
  return (a < b ? kLess : 0) | (a == b ? kEqual : 0) | (a > b ? kGreater : 0);
}

int64_t int_of(const EValue& value) {
  const Payload& payload = value.payload.copyable_union;
  return value.tag == Tag::Bool ? static_cast<int64_t>(payload.as_bool) : payload.as_int;
}

double double_of(const EValue& value) {
  return value.tag == Tag::Double ? value.payload.copyable_union.as_double : static_cast<double>(int_of(value));
}

int64_t wrap(uint64_t value) { return static_cast<int64_t>(value); }

// The int part; the lowest int if there is none, as x86-64 has it.
int64_t truncated(double value) {
  constexpr double kLimit = 9223372036854775808.0;
  return value >= -kLimit && value < kLimit ? static_cast<int64_t>(value) : INT64_MIN;
}

// Towards +inf, or to the nearest, the even one of two.
int64_t rounded(double value, bool up) {
  const int64_t below = truncated(value);
  if (below == INT64_MIN) return below;
  const double rest = value - static_cast<double>(below);
  if (up) return below + (rest > 0 ? 1 : 0);
  const double distance = rest < 0 ? -rest : rest;
  const bool away = distance > 0.5 || (distance == 0.5 && (below & 1) != 0);
  return away ? below + (rest < 0 ? -1 : 1) : below;
}

// The exact remainder of a / b with a's sign, for b that is not 0; without libm, which is large where doubles are soft.
double remainder_of(double a, double b) {
  double left = a < 0 ? -a : a;
  const double divisor = b < 0 ? -b : b;
  if (left < divisor) return a;
  if (!(left >= divisor) || left - left != 0) return __builtin_nan("");  // One is no number, or a is infinite.
  double multiple = divisor;
  while (multiple <= left / 2) multiple += multiple;
  for (; multiple >= divisor; multiple /= 2) {
    if (left >= multiple) left -= multiple;
  }
  return a < 0 ? -left : left;
}

// As Python's //, but that division by 0 is infinite.
double floor_divided(double a, double b) {
  if (b == 0) return __builtin_signbit(a) != 0 ? -__builtin_inf() : __builtin_inf();
  const double rest = remainder_of(a, b);
  const double quotient = (a - rest) / b;
  return rest != 0 && (rest < 0) != (b < 0) ? quotient - 1 : quotient;
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
    case Opcode::kTrueDiv:
      return a / b;
    case Opcode::kNeg:
      return -a;
    default:
      return a;
  }
}

int64_t int_result_of_double(Opcode op, double value) {
  return op == Opcode::kCeil || op == Opcode::kRound ? rounded(value, op == Opcode::kCeil) : truncated(value);
}

// Ints wrap around. `b` is not 0 if there is a division.
int64_t int_result(Opcode op, int64_t a, int64_t b) {
  const auto unsigned_a = static_cast<uint64_t>(a);
  const auto unsigned_b = static_cast<uint64_t>(b);
  switch (op) {
    case Opcode::kAdd:
      return wrap(unsigned_a + unsigned_b);
    case Opcode::kSub:
      return wrap(unsigned_a - unsigned_b);
    case Opcode::kMul:
      return wrap(unsigned_a * unsigned_b);
    case Opcode::kMax:
      return a > b ? a : b;
    case Opcode::kMin:
      return a < b ? a : b;
    case Opcode::kNeg:
      return wrap(0 - unsigned_a);
    case Opcode::kNot:
      return a == 0 ? 1 : 0;
    case Opcode::kFloorDiv:
    case Opcode::kIntDiv:
    case Opcode::kMod: {
      // The lowest int has no quotient by -1 otherwise.
      const int64_t quotient = b == -1 ? wrap(0 - unsigned_a) : a / b;
      const int64_t rest = wrap(unsigned_a - static_cast<uint64_t>(quotient) * unsigned_b);
      if (op == Opcode::kMod) return rest;
      return op == Opcode::kFloorDiv && rest != 0 && (rest < 0) != (b < 0) ? quotient - 1 : quotient;
    }
    default:
      return a;
  }
}

bool divides(Opcode op) { return op == Opcode::kFloorDiv || op == Opcode::kIntDiv || op == Opcode::kMod; }

bool takes_both(uint8_t takes, const EValue& a, const EValue& b) {
  const uint8_t kind_of_a = kind_of(a);
  const uint8_t kind_of_b = kind_of(b);
  const bool mixes_bools = kind_of_a != kind_of_b && ((kind_of_a | kind_of_b) & kBools) != 0;
  return (kind_of_a & takes) != 0 && (kind_of_b & takes) != 0 && !mixes_bools;
}

void scalar_op(KernelRuntimeContext& ctx, Span<EValue*> args, Opcode op) {
  const uint8_t takes = kTakes[static_cast<size_t>(op)];
  const size_t count = (takes & kUnary) != 0 ? 1 : 2;
  if (!has_arguments(ctx, args, count + 1)) return;
  const EValue& a = *args[0];
  const EValue& b = *args[count - 1];
  if (!takes_both(takes, a, b)) return ctx.fail(Error::InvalidType);

  const bool has_double = a.isDouble() || b.isDouble();
  Tag tag = Tag::Int;
  Payload result;
  if (op >= Opcode::kEq && op <= Opcode::kLe) {
    const unsigned order = has_double ? order_of(double_of(a), double_of(b)) : order_of(int_of(a), int_of(b));
    tag = Tag::Bool;
    result.as_bool = (order & kOrders[static_cast<size_t>(op) - static_cast<size_t>(Opcode::kEq)]) != 0;
  } else if (op == Opcode::kTrueDiv || op == Opcode::kFloat || (has_double && op <= Opcode::kNeg)) {
    tag = Tag::Double;
    result.as_double = double_result(op, double_of(a), double_of(b));
  } else if (has_double) {
    result.as_int = int_result_of_double(op, a.payload.copyable_union.as_double);
  } else {
    const int64_t second = int_of(b);
    if (second == 0 && divides(op)) return ctx.fail(Error::InvalidArgument);
    const int64_t value = int_result(op, int_of(a), second);
    if (op == Opcode::kNot) {
      tag = Tag::Bool;
      result.as_bool = value != 0;
    } else {
      result.as_int = value;
    }
  }
  set_result(ctx, *args[count], tag, result);
}

}  // namespace

bool has_arguments(KernelRuntimeContext& ctx, Span<EValue*> args, size_t count) {
  if (args.size() == count) return true;
  ctx.fail(Error::InvalidProgram);
  return false;
}

void set_result(KernelRuntimeContext& ctx, EValue& out, Tag tag, Payload payload) {
  if (!out.isNone() && kind_of(out) == 0) return ctx.fail(Error::InvalidType);
  out.tag = tag;
  out.payload.copyable_union = payload;
}

#define ET_SCALAR_OP(function, opcode) \
  void function(KernelRuntimeContext& ctx, Span<EValue*> args) { scalar_op(ctx, args, Opcode::opcode); }
ET_SCALAR_OP(add_Scalar, kAdd)
ET_SCALAR_OP(ceil_Scalar, kCeil)
ET_SCALAR_OP(eq_Scalar, kEq)
ET_SCALAR_OP(floordiv_Scalar, kFloorDiv)
ET_SCALAR_OP(floordiv_int, kIntDiv)
ET_SCALAR_OP(ge_Scalar, kGe)
ET_SCALAR_OP(gt_Scalar, kGt)
ET_SCALAR_OP(le_Scalar, kLe)
ET_SCALAR_OP(lt_Scalar, kLt)
ET_SCALAR_OP(mod_Scalar, kMod)
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
  if (!has_arguments(ctx, args, 4)) return;
  if (!args[0]->isBool()) return ctx.fail(Error::InvalidType);
  const EValue& chosen = *args[args[0]->payload.copyable_union.as_bool ? 1 : 2];
  if (kind_of(chosen) == 0) return ctx.fail(Error::InvalidType);
  set_result(ctx, *args[3], chosen.tag, chosen.payload.copyable_union);
}

}  // namespace executorch::runtime::prim_ops
