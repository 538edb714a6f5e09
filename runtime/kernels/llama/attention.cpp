#include "attention.h"

namespace etbuild::kernels::llama {

AttendFn attend_for_this_cpu() {
#if ET_KERNELS_SIMD >= 2 && defined(__x86_64__) && defined(__GNUC__)
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return attend_avx2;
#endif
  return attend_baseline;
}

}  // namespace etbuild::kernels::llama
