// Sessions of files, on the official libraries.
#include "llama_kernels.h"
#include "text_session.h"

namespace etbuild::runner {

Status TextSession::open(const SessionFiles& files, std::unique_ptr<TextSession>* session) {
  auto opened = std::make_unique<TextSession>();
  const Status status = opened->load(files);
  if (status.ok()) *session = std::move(opened);
  return status;
}

Status TextSession::load(const SessionFiles& files) {
  if (kernels::llama::register_llama_kernels() != executorch::runtime::Error::Ok) {
    return {StatusCode::kFailed, "the runtime's registry of operators has no room for those of 'llama'"};
  }
  if (!files.tokenizer.empty()) {
    std::string error;
    if (!tokenizer_file_.open(files.tokenizer.c_str(), &error)) return {StatusCode::kUnreadable, error};
    tokenizer_ = &tokenizer_file_.tokenizer();
  }
  const Status status = TextProgram::load(files.program, files.method, &program_);
  return status.ok() ? check() : status;
}

}  // namespace etbuild::runner
