#include "program_options.h"

#include <cstdlib>

namespace etbuild::runner {
namespace {

Status mistake(const std::string& what) { return {StatusCode::kBadArgument, what}; }

Status read_count(const std::string& flag, const std::string& text, uint64_t least, uint64_t* value) {
  const bool is_number =
      !text.empty() && text.size() <= 18 && text.find_first_not_of("0123456789") == std::string::npos;
  *value = is_number ? std::strtoull(text.c_str(), nullptr, 10) : 0;
  if (is_number && *value >= least) return {};
  return mistake(flag + " must be a whole number from " + std::to_string(least) + ", is '" + text + "'");
}

Status take_flag(const std::string& flag, const std::string& value, ProgramOptions* options) {
  if (flag == "--method") {
    options->method = value;
  } else if (flag == "--calls") {
    options->calls = value;
  } else if (flag == "--input") {
    options->inputs.push_back(value);
  } else if (flag == "--compare") {
    options->compare.push_back(value);
  } else if (flag == "--output") {
    options->output = value;
  } else if (flag == "--profile") {
    options->profile = value;
  } else if (flag == "--tolerance") {
    options->tolerances.emplace_back();
    return parse_tolerance(value, &options->tolerances.back());
  } else if (flag == "--random") {
    options->is_random = true;
    return read_count(flag, value, 0, &options->seed);
  } else if (flag == "--repeat") {
    return read_count(flag, value, 1, &options->repeat);
  } else if (flag == "--slowest") {
    return read_count(flag, value, 1, &options->slowest);
  } else {
    return mistake("no option is called '" + flag + "'; --help lists them");
  }
  return {};
}

Status check(const ProgramOptions& options) {
  if (options.program.empty()) return mistake("a program must be named, such as model.pte; --help says more");
  const int ways = static_cast<int>(!options.inputs.empty()) + static_cast<int>(options.is_random) +
                   static_cast<int>(!options.calls.empty());
  if (ways > 1) return mistake("inputs must come from one of --input, --random and --calls, come from several");
  if (!options.calls.empty() && !(options.compare.empty() && options.tolerances.empty() && options.output.empty())) {
    return mistake("--calls brings its own expected outputs and tolerances, and writes no outputs");
  }
  if (!options.tolerances.empty() && options.compare.empty()) return mistake("--tolerance must come with --compare");
  return {};
}

}  // namespace

const char* const kProgramUsage = R"(usage: program_runner PROGRAM.pte [options]

Runs a method of an ExecuTorch program.

  --method NAME        the method                                   [default: forward]
  --input FILE.npy     an input, in the method's sequence; repeatable
  --random SEED        random inputs of the largest shapes, equal on every device
  --output FOLDER      writes each output there as output.<number>.npy; the folder must exist
  --compare FILE.npy   what an output must be, in their sequence; repeatable
  --tolerance F=BOUND  how near it must be: max_abs_error, relative_error, sqnr_db, cosine, top1, equal,
                       tokens_equal; repeatable   [default: relative_error=1e-4 sqnr_db=60 equal=0.999]
  --calls FILE         recorded calls with what they must give, as etbuild test makes them
  --repeat COUNT       calls it so often, and prints the times      [default: 1]
  --profile FILE       writes an etdump, and prints the slowest operators
  --slowest COUNT      how many of them                             [default: 10]

Numbers are numpy arrays in C order; bfloat16 is the uint16 of its bits. Exit code: 0 it ran, and outputs are as
expected · 1 it failed, or they are not · 2 a mistake in the options or inputs.
)";

Status parse_program_options(int count, const char* const* words, ProgramOptions* options) {
  for (int index = 0; index < count; ++index) {
    std::string word = words[index];
    if (word == "--help" || word == "-h") {
      options->show_help = true;
      return {};
    }
    if (word.rfind("--", 0) != 0) {
      if (!options->program.empty()) return mistake("one program must be named, a second is '" + word + "'");
      options->program = word;
      continue;
    }
    std::string value;
    const size_t equals = word.find('=');
    if (equals != std::string::npos) {
      value = word.substr(equals + 1);
      word.resize(equals);
    } else if (++index < count) {
      value = words[index];
    } else {
      return mistake(word + " must be followed by a value");
    }
    const Status status = take_flag(word, value, options);
    if (!status.ok()) return status;
  }
  return check(*options);
}

}  // namespace etbuild::runner
