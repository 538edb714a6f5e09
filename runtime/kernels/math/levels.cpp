#include "levels.h"

#if ET_KERNELS_X86_LEVELS
#include <atomic>
#endif

namespace etbuild::kernels::math {

#if ET_KERNELS_X86_LEVELS

namespace {

std::atomic<int> chosen{0};  // 0: not looked at yet.

Level best() {
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return Level::kBaseline;
  const bool has_512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                       __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  return has_512 ? Level::kAvx512 : Level::kAvx2;
}

}  // namespace

Level level() {
  int now = chosen.load(std::memory_order_relaxed);
  if (now == 0) {
    now = static_cast<int>(best());
    chosen.store(now, std::memory_order_relaxed);
  }
  return static_cast<Level>(now);
}

bool force_level(Level level) {
  if (level > best()) return false;
  chosen.store(static_cast<int>(level), std::memory_order_relaxed);
  return true;
}

#else

Level level() { return Level::kBaseline; }

bool force_level(Level level) { return level == Level::kBaseline; }

#endif

}  // namespace etbuild::kernels::math
