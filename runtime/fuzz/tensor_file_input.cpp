#include "tensor_file_input.h"

#include <executorch/extension/flat_tensor/flat_tensor_data_map.h>

#include <string_view>

#include "exact_memory.h"
#include "hostile_run.h"
#include "small_programs.h"
#include "touch.h"

namespace etbuild::testing {
namespace {

FileBytes program_with_weight() {
  for (size_t number = 0; number < kSmallPrograms; ++number) {
    if (std::string_view(small_program_name(number)) == "methods") return small_program(number);
  }
  return {};
}

}  // namespace

bool run_tensor_file_input(const uint8_t* data, size_t size) {
  static const FileBytes program = program_with_weight();
  Failure never;
  ExactLoader loader(data, size, &never);
  const auto map = executorch::extension::FlatTensorDataMap::load(&loader);
  if (!map.ok()) return false;
  touch(*map);
  HostileOptions options;
  options.data = &*map;
  return run_hostile(program.data(), program.size(), options).methods == 2;
}

}  // namespace etbuild::testing
