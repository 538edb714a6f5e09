#include "speech_segments.h"

#include <algorithm>

namespace speech {

std::optional<Segment> Segments::add(float probability, size_t length) {
  const size_t here = heard_;
  heard_ += length;
  if (probability >= kSpeech) {
    silence_.reset();
    if (!begin_) begin_ = here;
    return std::nullopt;
  }
  if (!begin_ || probability >= kSilence) return std::nullopt;
  if (!silence_) silence_ = here;
  if (here - *silence_ < kPause) return std::nullopt;
  return close(*silence_, kMargin);
}

std::optional<Segment> Segments::finish() { return begin_ ? close(heard_, 0) : std::nullopt; }

std::optional<Segment> Segments::close(size_t end, size_t margin) {
  const size_t begin = *begin_;
  begin_.reset();
  silence_.reset();
  if (end - begin <= kShortest) return std::nullopt;
  return Segment{begin - std::min(begin, kMargin), end + margin};
}

}  // namespace speech
