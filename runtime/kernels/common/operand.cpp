#include "operand.h"

namespace etbuild::kernels {

Number::Number(const EValue& value) : type(ScalarType::Long), whole(0) {
  using executorch::runtime::Tag;
  const auto& payload = value.payload.copyable_union;
  if (value.tag == Tag::Double) {
    type = ScalarType::Double;
    floating = payload.as_double;
  } else if (value.tag == Tag::Bool) {
    type = ScalarType::Bool;
    whole = payload.as_bool ? 1 : 0;
  } else {
    whole = payload.as_int;
  }
}

}  // namespace etbuild::kernels
