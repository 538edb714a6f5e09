#include "program_input.h"

#include "hostile_run.h"

namespace etbuild::testing {

void run_program_input(const uint8_t* data, size_t size) {
  uint64_t hash = 0xcbf29ce484222325;
  for (size_t i = 0; i < size; ++i) hash = (hash ^ data[i]) * 0x100000001b3;
  HostileOptions options;
  options.thorough_load = (hash & 1) != 0;
  options.small_inputs = (hash & 6) == 0;
  const size_t limit = static_cast<size_t>(hash >> 32) % 40;
  switch ((hash >> 8) % 16) {
    case 0:
      options.allocations = limit;
      break;
    case 1:
      options.loads = limit / 4;
      break;
    case 2:
      options.temporaries = limit / 16;
      break;
    default:
      break;
  }
  run_hostile(data, size, options);
}

}  // namespace etbuild::testing
