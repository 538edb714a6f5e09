#include "division.h"

#include <executorch/runtime/platform/log.h>

namespace etbuild::kernels {

void divide(KernelRuntimeContext& context, Arguments arguments, const char* letters, RowOf row_of) {
  Number seen;
  pointwise(context, arguments, letters, 2, Answer::kSame, row_of, &seen);
  if (seen.whole == 0) return;
  ET_LOG(Error, "A whole number is to be divided by 0");
  context.fail(Error::InvalidArgument);
}

}  // namespace etbuild::kernels
