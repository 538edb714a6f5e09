// Where values of a trace go; it runs on the official library, too.

#include <executorch/devtools/etdump/data_sinks/buffer_data_sink.h>
#include <executorch/devtools/etdump/data_sinks/file_data_sink.h>

#include <cstdio>
#include <cstring>
#include <initializer_list>
#include <utility>

#include "check.h"
#include "scratch_file.h"

namespace {

using executorch::etdump::BufferDataSink;
using executorch::etdump::FileDataSink;
using executorch::runtime::Error;
using executorch::runtime::Result;
using executorch::runtime::Span;

TEST(an_alignment_is_a_power_of_two) {
  static uint8_t buffer[10];
  for (const size_t alignment : {size_t{0}, size_t{3}, size_t{100}}) {
    CHECK(BufferDataSink::create(buffer, sizeof(buffer), alignment).error() == Error::InvalidArgument);
  }
  CHECK(BufferDataSink::create(buffer, sizeof(buffer), 1).ok());
}

TEST(data_is_aligned_in_the_buffer) {
  alignas(64) static uint8_t buffer[201];
  Result<BufferDataSink> sink = BufferDataSink::create(buffer + 1, 200, 64);
  CHECK(*sink->get_storage_size() == 200);
  CHECK(*sink->write("abc", 3) == 63);
  CHECK(*sink->write("d", 1) == 127);
  CHECK(sink->get_used_bytes() == 128);
  CHECK(std::memcmp(buffer + 64, "abc", 3) == 0 && buffer[128] == 'd');
  CHECK(*sink->write(nullptr, 0) == 128);
}

TEST(what_does_not_fit_is_an_error_and_changes_nothing) {
  alignas(64) static uint8_t buffer[200];
  Result<BufferDataSink> sink = BufferDataSink::create(Span<uint8_t>(buffer, sizeof(buffer)));
  CHECK(sink->write(buffer, 201).error() == Error::OutOfResources);
  CHECK(*sink->write(buffer, 190) == 0);
  CHECK(sink->write(buffer, 9).error() == Error::OutOfResources);
  CHECK(sink->get_used_bytes() == 190);
}

TEST(a_file_gets_all_data_one_behind_the_other) {
  CHECK(FileDataSink::create("/nonexistent/folder/file").error() == Error::AccessFailed);
  const etbuild::testing::ScratchFile file("sink", nullptr, 0);
  Result<FileDataSink> created = FileDataSink::create(file.name());
  CHECK(created.ok());
  FileDataSink sink = std::move(*created);
  CHECK(*sink.write("abc", 3) == 0);
  CHECK(*sink.write("de", 2) == 3);
  CHECK(*sink.write(nullptr, 0) == 5);
  CHECK(sink.get_used_bytes() == 5);
  sink.close();
  sink.close();
  CHECK(sink.write("f", 1).error() == Error::AccessFailed);

  char text[10] = "";
  std::FILE* written = std::fopen(file.name(), "rb");
  CHECK(written != nullptr && std::fread(text, 1, sizeof(text), written) == 5);
  std::fclose(written);
  CHECK(std::strcmp(text, "abcde") == 0);
}

}  // namespace

TEST_MAIN()
