// From probabilities, window by window, to segments of speech. Knows no network.

#pragma once

#include <cstddef>
#include <optional>

namespace speech {

// From sample `begin` up to `end`.
struct Segment {
  size_t begin;
  size_t end;
};

// Speech begins where a probability reaches kSpeech, and ends where it falls below kSilence for kPause samples. What is
// no longer than kShortest is left out; kMargin is put before and behind the rest. As Silero's own package does it.
class Segments final {
 public:
  static constexpr float kSpeech = 0.5F;
  static constexpr float kSilence = 0.35F;
  static constexpr size_t kPause = 1600;
  static constexpr size_t kShortest = 4000;
  static constexpr size_t kMargin = 480;

  // Takes the probability of the next window, of `length` samples, and gives the segment that is over, if one is.
  std::optional<Segment> add(float probability, size_t length);

  // Gives the segment that the recording's end cuts off, if one is open.
  std::optional<Segment> finish();

 private:
  std::optional<Segment> close(size_t end, size_t margin);

  size_t heard_ = 0;
  std::optional<size_t> begin_;
  std::optional<size_t> silence_;  // Since when it has been silent, within a segment.
};

}  // namespace speech
