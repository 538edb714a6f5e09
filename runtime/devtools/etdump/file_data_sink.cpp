// Values of a trace in a file, one behind the other.

#include <executorch/devtools/etdump/data_sinks/file_data_sink.h>

namespace executorch::etdump {

using ::executorch::runtime::Result;

Result<FileDataSink> FileDataSink::create(const char* file_path) {
  FILE* file = std::fopen(file_path, "wb");
  ET_CHECK_OR_RETURN_ERROR(file != nullptr, AccessFailed, "File %s cannot be written", file_path);
  return FileDataSink(file);
}

FileDataSink::FileDataSink(FileDataSink&& other) noexcept
    : file_(other.file_), total_written_bytes_(other.total_written_bytes_) {
  other.file_ = nullptr;
}

FileDataSink::~FileDataSink() { close(); }

void FileDataSink::close() {
  if (file_ != nullptr) std::fclose(file_);
  file_ = nullptr;
}

Result<size_t> FileDataSink::write(const void* ptr, size_t size) {
  ET_CHECK_OR_RETURN_ERROR(file_ != nullptr, AccessFailed, "The file is closed");
  const size_t start = total_written_bytes_;
  if (size == 0) return start;
  ET_CHECK_OR_RETURN_ERROR(ptr != nullptr, InvalidArgument, "There are no %zu bytes to write", size);
  const size_t written = std::fwrite(ptr, 1, size, file_);
  total_written_bytes_ += written;
  ET_CHECK_OR_RETURN_ERROR(written == size, Internal, "%zu of %zu bytes were written", written, size);
  return start;
}

size_t FileDataSink::get_used_bytes() const { return total_written_bytes_; }

}  // namespace executorch::etdump
