// A tokenizer that works in place on the flat file that the rule `tokenizer` compiles (docs/design/tokenizer_file.md).
// It knows nothing of models, programs or files on disk: it is handed bytes (tokenizer_file.h maps a file).

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tokenizer_format.h"

namespace etbuild::runner {

// Text to token ids and back, equal to what the library `tokenizers` gives for the tokenizer.json, GGUF file or
// SentencePiece model that the flat file was compiled from, without the truncation and the padding that a
// tokenizer.json may ask for. (//tests/tokenizer holds it against that library, and against `sentencepiece`, from which
// only the decoding of ids differs that no text gives: where bytes <0xNN> are no UTF-8, or the first is a space.)
//
// A Tokenizer is a set of pointers into the flat file: it copies no table, so the bytes must outlive it, and copying
// a Tokenizer is cheap. All const functions may be called from several threads at once.
class Tokenizer {
 public:
  Tokenizer() = default;

  // Takes the flat file at `data` (aligned to 4 bytes) and checks every offset, count, id and table in it once, so that
  // nothing needs a check later. False if it is no such file; then `*error` says in one line what must be and what is.
  static bool load(const void* data, size_t size, Tokenizer* tokenizer, std::string* error);

  // Appends the ids of `text` to `*ids`. Bytes that are not UTF-8 count as U+FFFD, one for each maximal part of a
  // sequence, as Python's decode("utf-8", errors="replace") has it. Special tokens that stand in the text are found.
  // `add_special` adds what the model wants around a text, such as a begin-of-sequence token. Never fails.
  void encode(std::string_view text, bool add_special, std::vector<int32_t>* ids) const;

  // Returns the text of `ids`; unknown ids are left out, special tokens too if `skip_special`.
  std::string decode(const std::vector<int32_t>& ids, bool skip_special) const;

  // Ids run from 0 to vocabulary_size() - 1.
  int32_t vocabulary_size() const { return file_.vocabulary_size; }

  // The token's bytes: the spelling in the vocabulary, for byte-level vocabularies the bytes it stands for. Empty for
  // an id outside the vocabulary. Lives as long as the flat file.
  std::string_view piece(int32_t id) const;

  // Whether the id is a token such as <|im_end|> that steers a model and is no text.
  bool is_special(int32_t id) const;

  // The id of a token by its exact spelling (special ones too: id_of("<|im_end|>")), -1 if there is none.
  int32_t id_of(std::string_view piece) const;

  // The ids that begin and end a text, -1 if the tokenizer's files name none. What ends a *generation* is said by the
  // program (`get_eos_ids`), which may list more.
  int32_t bos_id() const;
  int32_t eos_id() const;

 private:
  friend class StreamDecoder;
  format::File file_;  // Checked views of the flat file's tables.
};

// Turns ids into text one at a time. What push() and finish() return, joined, is what decode() returns; a character
// whose bytes are spread over several tokens comes out whole, once its last byte is there. (One difference: where a run
// of <0xNN> tokens holds a byte that fits nowhere, decode() makes every byte of the run U+FFFD, as the library does;
// the stream has let the characters before it go.)
class StreamDecoder {
 public:
  // `tokenizer` must outlive the decoder.
  explicit StreamDecoder(const Tokenizer& tokenizer, bool skip_special = true)
      : tokenizer_(&tokenizer), skip_special_(skip_special) {}

  // Returns the text that is certain once `id` is known; often empty in the middle of a character.
  std::string push(int32_t id);

  // Returns what was held back (an unfinished character as U+FFFD) and starts a new text.
  std::string finish();

 private:
  std::string stripped(std::string text);

  const Tokenizer* tokenizer_;
  bool skip_special_;
  bool at_first_token_ = true;
  bool at_start_ = true;   // Only spaces that are stripped have come out so far.
  uint32_t stripped_ = 0;  // How many.
  std::string held_;       // Bytes of a character that is not complete.
};

}  // namespace etbuild::runner
