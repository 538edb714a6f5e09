// What a runtime is asked about each program. A scenario may end the process: the next one is asked in another.

#pragma once

#include "programs_file.h"
#include "report.h"

namespace etbuild::differential {

struct Scenario {
  const char* name;
  void (*ask)(const Program& program, Report& report);
  bool is_quick;  // Asked of large programs, too.
};

// Ends with an entry without a name.
extern const Scenario kScenarios[];

void ask_file(const Program& program, Report& report);
void ask_metadata(const Program& program, Report& report);
void ask_data(const Program& program, Report& report);
void ask_run(const Program& program, Report& report);
void ask_steps(const Program& program, Report& report);
void ask_sizes(const Program& program, Report& report);
void ask_unset(const Program& program, Report& report);
void ask_no_data(const Program& program, Report& report);
void ask_wrong_inputs(const Program& program, Report& report);
void ask_wrong_outputs(const Program& program, Report& report);
void ask_shortage(const Program& program, Report& report);
void ask_registry(const Program& program, Report& report);
void ask_trace(const Program& program, Report& report);
void ask_module(const Program& program, Report& report);
void ask_module_of_nothing(const Program& program, Report& report);
void ask_far_output(const Program& program, Report& report);
void ask_far_input(const Program& program, Report& report);

}  // namespace etbuild::differential
