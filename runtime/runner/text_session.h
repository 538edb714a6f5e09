// What an app links to continue text on a device: a program, its tokenizer, a sampler. Knows no command line.
//
//     std::unique_ptr<TextSession> session;
//     Status status = TextSession::open({"llama.pte", "llama.tokenizer"}, &session);
//     if (status.ok()) status = session->generate("The capital of France is", {}, print, &result);

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sampler.h"
#include "status.h"
#include "text_program.h"
#include "tokenizer_file.h"

namespace etbuild::runner {

struct SessionFiles {
  std::string program;    // A .pte.
  std::string tokenizer;  // The flat file that the rule `tokenizer` compiles; empty if only tokens go in and out.
  std::string method = "forward";
};

// The same in memory, where it must stay: what an image holds.
struct SessionBytes {
  const void* program = nullptr;
  size_t program_size = 0;
  const void* tokenizer = nullptr;  // Null if only tokens go in and out.
  size_t tokenizer_size = 0;
  std::string method = "forward";
};

struct GenerateOptions {
  SamplerOptions sampler;
  int32_t max_new_tokens = 128;
  bool add_special = true;    // Adds what the model wants around a text, if this is the first text of the session.
  int64_t prefill_chunk = 0;  // Tokens of a prompt that one call takes at most; 0: as many as the program takes.
  bool ignore_eos = false;    // Goes on behind the end of a text, to measure.
};

enum class StopReason {
  kEndOfText,   // The model said so.
  kTokenLimit,  // max_new_tokens.
  kStopped,     // The caller's function said so.
};

struct GenerateResult {
  StopReason reason = StopReason::kTokenLimit;
  std::vector<int32_t> prompt;  // As tokens.
  std::vector<int32_t> tokens;  // What was generated, without the token that ended it.
  double prefill_seconds = 0;   // The prompt, up to the first token's logits.
  double decode_seconds = 0;    // All after that: choosing, showing, and the calls of the program.
  int64_t decoded_tokens = 0;   // Those calls, one token each.
};

// Is called with each piece of text as soon as it is certain (whole characters; may be empty at the end of a token);
// false stops.
using OnText = std::function<bool(std::string_view text)>;

// A text and the place in it. One thread at a time.
class TextSession {
 public:
  // Maps the files, registers the kernels that the official library lacks, and checks that program and tokenizer
  // belong together.
  static Status open(const SessionFiles& files, std::unique_ptr<TextSession>* session);

  // Opens what is in memory, with the kernels that are registered.
  static Status open(const SessionBytes& held, std::unique_ptr<TextSession>* session);

  // Feeds `prompt` behind what was fed and generated before, and continues it. kContextFull if the prompt does not fit,
  // or if the context fills up on the way: then `*result` holds what was generated until then.
  Status generate(std::string_view prompt, const GenerateOptions& options, const OnText& on_text,
                  GenerateResult* result);

  // The same with tokens; works without a tokenizer, then `on_text` gets none.
  Status generate(const std::vector<int32_t>& prompt, const GenerateOptions& options, const OnText& on_text,
                  GenerateResult* result);

  // Forgets the text.
  void reset();

  TextProgram& program() { return *program_; }
  const Tokenizer* tokenizer() const { return tokenizer_; }

 private:
  Status load(const SessionFiles& files);
  Status load(const SessionBytes& held);
  Status check();
  bool ends_text(int32_t token) const;
  Status prefill(const std::vector<int32_t>& tokens, int64_t chunk, Logits* logits);
  Status decode(const GenerateOptions& options, const OnText& on_text, Logits logits, GenerateResult* result);

  std::unique_ptr<TextProgram> program_;
  TokenizerFile tokenizer_file_;
  Tokenizer held_tokenizer_;
  const Tokenizer* tokenizer_ = nullptr;  // One of these, if there is one.
  std::vector<int32_t> eos_ids_;
  std::vector<int32_t> pending_;  // Generated last, and not fed yet: the next text stands behind it.
};

}  // namespace etbuild::runner
