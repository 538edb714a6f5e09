// Asks the runtime that it is linked with about programs, and prints what it answers: to be compared with another's.
//
//     probe OUT FILE... [--only PROGRAM] [--scenario NAME] [--every N] [--messages]
//
// Where a question ends the process, that is the answer; the next scenario is asked in another process.

#include <executorch/runtime/platform/platform.h>
#include <executorch/runtime/platform/runtime.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "llama_kernels.h"
#include "scenarios.h"

namespace etbuild::differential {

const Scenario kScenarios[] = {{"file", ask_file, true},
                               {"metadata", ask_metadata, true},
                               {"data", ask_data, false},
                               {"run", ask_run, true},
                               {"steps", ask_steps, false},
                               {"sizes", ask_sizes, false},
                               {"unset", ask_unset, false},
                               {"no_data", ask_no_data, false},
                               {"wrong_inputs", ask_wrong_inputs, false},
                               {"wrong_outputs", ask_wrong_outputs, false},
                               {"shortage", ask_shortage, false},
                               {"registry", ask_registry, false},
                               {"trace", ask_trace, false},
                               {"module", ask_module, false},
                               {"far_module", ask_module_of_nothing, false},
                               {"far_output", ask_far_output, false},
                               {"far_input", ask_far_input, false},
                               {nullptr, nullptr, false}};

namespace {

constexpr unsigned kSeconds = 20;  // What takes longer hangs.
constexpr unsigned kLong = 600;    // Real programs may take theirs.
constexpr size_t kSeldom = 64;     // Of so many generated programs one is asked what ends the process.

struct Options {
  std::string out;
  std::string only;
  std::string scenario;
  size_t every = 1;
  bool messages = false;
  std::vector<Program> programs;
};

void silence(et_timestamp_t, et_pal_log_level_t, const char*, const char*, size_t, const char*, size_t) {}

Options parsed(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--messages") {
      options.messages = true;
    } else if (word.rfind("--", 0) == 0 && i + 1 < argc) {
      const std::string value = argv[++i];
      if (word == "--only") options.only = value;
      if (word == "--scenario") options.scenario = value;
      if (word == "--every") options.every = std::strtoul(value.c_str(), nullptr, 10);
    } else if (options.out.empty()) {
      options.out = word;
    } else {
      read_programs(word, options.programs);
    }
  }
  return options;
}

bool wanted(const Options& options, const Scenario& scenario, size_t number) {
  if (!options.scenario.empty()) return options.scenario == scenario.name;
  if (options.programs[number].is_large()) return scenario.is_quick;
  return std::strncmp(scenario.name, "far_", 4) != 0 || number % kSeldom == 0;
}

// In a child: asks from `*place` on, and keeps it where the parent sees it.
[[noreturn]] void ask_from(const Options& options, size_t number, FILE* out, volatile size_t* place) {
  const Program& program = options.programs[number];
  Report report(out);
  for (; kScenarios[*place].name != nullptr; *place = *place + 1) {
    const Scenario& scenario = kScenarios[*place];
    if (!wanted(options, scenario, number)) continue;
    alarm(program.generated ? kSeconds : kLong);
    report.begin(program.name, scenario.name);
    scenario.ask(program, report);
  }
  std::fflush(out);
  _exit(0);
}

void ask_all(const Options& options, FILE* out) {
  void* shared = mmap(nullptr, sizeof(size_t), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) std::abort();
  auto* place = static_cast<volatile size_t*>(shared);
  Report report(out);
  for (size_t i = 0; i < options.programs.size(); i += options.every) {
    const Program& program = options.programs[i];
    if (!options.only.empty() && options.only != program.name) continue;
    for (*place = 0; kScenarios[*place].name != nullptr;) {
      std::fflush(out);
      const pid_t child = fork();
      if (child < 0) std::abort();
      if (child == 0) ask_from(options, i, out, place);
      int status = 0;
      waitpid(child, &status, 0);
      if (WIFEXITED(status) && WEXITSTATUS(status) == 0) break;
      report.begin(program.name, kScenarios[*place].name);
      report.line("ended", WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "by itself");
      *place = *place + 1;
    }
  }
}

}  // namespace
}  // namespace etbuild::differential

int main(int argc, char** argv) {
  const etbuild::differential::Options options = etbuild::differential::parsed(argc, argv);
  if (options.programs.empty()) {
    std::fprintf(stderr, "probe OUT FILE... [--only PROGRAM] [--scenario NAME] [--every N] [--messages]\n");
    return 2;
  }
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  if (!options.messages)
    executorch::runtime::register_pal(executorch::runtime::PalImpl::create(etbuild::differential::silence, __FILE__));
  executorch::runtime::runtime_init();
  if (etbuild::kernels::llama::register_llama_kernels() != executorch::runtime::Error::Ok) return 2;
  FILE* out = options.out == "-" ? stdout : std::fopen(options.out.c_str(), "w");
  if (out == nullptr) {
    std::fprintf(stderr, "%s: cannot be written\n", options.out.c_str());
    return 2;
  }
  etbuild::differential::ask_all(options, out);
  return std::fclose(out) == 0 ? 0 : 1;
}
