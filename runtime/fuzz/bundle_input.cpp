#include "bundle_input.h"

#include <executorch/runtime/executor/program.h>

#include <cstring>

#include "bundled_program.h"
#include "method_memory.h"
#include "test_kernels.h"

namespace etbuild::testing {
namespace {

using executorch::runtime::Error;
using executorch::runtime::Method;
using executorch::runtime::Program;

constexpr size_t kCases = 3;
constexpr size_t kSteps = 200;

bool step_through(Method& method) {
  for (size_t steps = 0; steps < kSteps; ++steps) {
    const Error error = method.step();
    if (error == Error::EndOfMethod) return method.reset_execution() == Error::Ok;
    if (error != Error::Ok) return false;
  }
  return false;
}

size_t run_cases(const BundledProgram& bundle, Method& method) {
  const auto count = bundle.num_cases("forward");
  size_t passed = 0;
  for (size_t i = 0; count.ok() && i <= *count && i < kCases; ++i) {
    if (bundle.load_inputs(method, i) != Error::Ok || !step_through(method)) continue;
    const auto comparison = bundle.compare_outputs(method, i, Tolerance());
    passed += comparison.ok() && comparison->different == 0 ? 1 : 0;
  }
  return passed;
}

}  // namespace

size_t run_bundle_input(const uint8_t* data, size_t size) {
  const Bytes file = make_bytes(size, BundledProgram::kAlignment, 0);
  if (size != 0) std::memcpy(file.get(), data, size);
  const auto bundle = BundledProgram::load(file.get(), size);
  if (!bundle.ok()) return 0;
  register_test_backend();
  Failure never;
  ExactLoader loader(bundle->program().data(), bundle->program().size(), &never);
  const auto program = Program::load(&loader);
  if (!program.ok()) return 0;
  const auto meta = program->method_meta("forward");
  if (!meta.ok()) return 0;
  MethodMemory memory(&never, &never);
  OneWeight weight(&never);
  auto method = program->load_method("forward", memory.plan(*meta), nullptr, &weight, nullptr, test_kernels());
  return method.ok() ? run_cases(*bundle, *method) : 0;
}

}  // namespace etbuild::testing
