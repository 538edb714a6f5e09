// A command line that continues a prompt: arguments to options, results to text. Computes nothing.

#pragma once

#include <functional>
#include <memory>

#include "options.h"
#include "text_session.h"

namespace etbuild::runner {

// Opens what a command line asks for.
using OpenSession = std::function<Status(const CommandLine& line, std::unique_ptr<TextSession>* session)>;

// Does what the words ask for, and returns main()'s exit code: 1 if that failed, 2 for a mistake in the words. With
// `is_image` the words name no files.
int run_app(int count, const char* const* words, bool is_image, const OpenSession& open);

}  // namespace etbuild::runner
