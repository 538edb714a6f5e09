#include "text_session.h"

#include <algorithm>
#include <chrono>

namespace etbuild::runner {
namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

Status TextSession::open(const SessionBytes& held, std::unique_ptr<TextSession>* session) {
  auto opened = std::make_unique<TextSession>();
  const Status status = opened->load(held);
  if (status.ok()) *session = std::move(opened);
  return status;
}

Status TextSession::load(const SessionBytes& held) {
  if (held.tokenizer != nullptr) {
    std::string error;
    if (!Tokenizer::load(held.tokenizer, held.tokenizer_size, &held_tokenizer_, &error)) {
      return {StatusCode::kUnreadable, error};
    }
    tokenizer_ = &held_tokenizer_;
  }
  const Status status = TextProgram::load(held.program, held.program_size, held.method, &program_);
  return status.ok() ? check() : status;
}

// Whether program and tokenizer belong together.
Status TextSession::check() {
  eos_ids_ = program_->facts().eos_ids;
  if (tokenizer_ == nullptr) return {};
  if (eos_ids_.empty() && tokenizer_->eos_id() >= 0) eos_ids_.push_back(tokenizer_->eos_id());
  const int64_t logits = program_->facts().vocabulary_size;
  if (logits > 0 && tokenizer_->vocabulary_size() > logits) {
    return {StatusCode::kUnsuitable, "the tokenizer must have at most the program's " + std::to_string(logits) +
                                         " tokens, has " + std::to_string(tokenizer_->vocabulary_size()) +
                                         ": it belongs to another model"};
  }
  return {};
}

void TextSession::reset() {
  program_->rewind(0);
  pending_.clear();
}

bool TextSession::ends_text(int32_t token) const {
  return std::find(eos_ids_.begin(), eos_ids_.end(), token) != eos_ids_.end();
}

Status TextSession::generate(std::string_view prompt, const GenerateOptions& options, const OnText& on_text,
                             GenerateResult* result) {
  if (tokenizer_ == nullptr) return {StatusCode::kBadArgument, "a text needs a tokenizer, the session has none"};
  const bool is_first = program_->position() == 0 && pending_.empty();
  std::vector<int32_t> tokens;
  tokenizer_->encode(prompt, options.add_special && is_first, &tokens);
  return generate(tokens, options, on_text, result);
}

Status TextSession::generate(const std::vector<int32_t>& prompt, const GenerateOptions& options, const OnText& on_text,
                             GenerateResult* result) {
  *result = {};
  const std::string refusal = check_options(options.sampler);
  if (!refusal.empty()) return {StatusCode::kBadArgument, refusal};
  if (options.max_new_tokens < 1) return {StatusCode::kBadArgument, "at least one new token must be asked for"};
  if (prompt.empty()) return {StatusCode::kBadArgument, "a prompt must have at least one token, has none"};
  result->prompt = prompt;
  std::vector<int32_t> fed = pending_;
  fed.insert(fed.end(), prompt.begin(), prompt.end());
  const auto start = std::chrono::steady_clock::now();
  Logits logits;
  const Status status = prefill(fed, options.prefill_chunk, &logits);
  result->prefill_seconds = seconds_since(start);
  if (!status.ok()) return status;
  pending_.clear();
  return decode(options, on_text, logits, result);
}

Status TextSession::prefill(const std::vector<int32_t>& tokens, int64_t chunk, Logits* logits) {
  const int64_t count = static_cast<int64_t>(tokens.size());
  const TextProgramFacts& facts = program_->facts();
  // All or nothing: a text that is cut in the middle is of no use.
  if (chunk < 1 || count > facts.context_length - program_->position()) return program_->feed(tokens, logits);
  for (int64_t at = 0; at < count; at += chunk) {
    const std::vector<int32_t> part(tokens.begin() + at, tokens.begin() + std::min(at + chunk, count));
    const Status status = program_->feed(part, logits);
    if (!status.ok()) return status;
  }
  return {};
}

Status TextSession::decode(const GenerateOptions& options, const OnText& on_text, Logits logits,
                           GenerateResult* result) {
  static const Tokenizer kNoTokenizer;
  StreamDecoder stream(tokenizer_ != nullptr ? *tokenizer_ : kNoTokenizer);
  const auto show = [&](const std::string& text) { return text.empty() || !on_text || on_text(text); };
  Sampler sampler(options.sampler);
  for (int32_t token : result->prompt) sampler.note(token);
  Status status;
  const auto start = std::chrono::steady_clock::now();
  while (true) {
    const int32_t token = sampler.choose(logits.data, logits.size);
    sampler.note(token);
    pending_ = {token};
    if (ends_text(token) && !options.ignore_eos) {
      result->reason = StopReason::kEndOfText;
      break;
    }
    result->tokens.push_back(token);
    if (tokenizer_ != nullptr && !show(stream.push(token))) {
      result->reason = StopReason::kStopped;
      break;
    }
    if (result->tokens.size() >= static_cast<size_t>(options.max_new_tokens)) break;
    status = program_->feed(pending_, &logits);
    if (!status.ok()) break;
    pending_.clear();
    ++result->decoded_tokens;
  }
  result->decode_seconds = seconds_since(start);
  if (tokenizer_ != nullptr) show(stream.finish());
  return status;
}

}  // namespace etbuild::runner
