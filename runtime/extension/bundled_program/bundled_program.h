// Programs that come with inputs for their methods and with what those must give: .bpte files, as ExecuTorch's
// devtools.bundled_program writes them. Needs no heap, and knows no files: its bytes are where the caller has them.
//
//     auto bundle = BundledProgram::load(data, size);
//     BufferDataLoader loader(bundle->program().data(), bundle->program().size());
//     ... load the program and a method ...
//     bundle->load_inputs(method, 0);
//     method.execute();
//     auto comparison = bundle->compare_outputs(method, 0, Tolerance());

#pragma once

#include <executorch/runtime/core/result.h>
#include <executorch/runtime/core/span.h>
#include <executorch/runtime/executor/method.h>

#include <cstddef>
#include <cstdint>

namespace bundled_program_flatbuffer {
struct BundledMethodTestCase;
struct BundledMethodTestSuite;
struct BundledProgram;
}  // namespace bundled_program_flatbuffer

namespace etbuild {

// A fraction is as expected if it differs by `absolute + relative * |expected|` at most. All else must be equal.
struct Tolerance {
  double relative = 1e-5;
  double absolute = 1e-8;
};

// What became of the outputs of one case: elements of tensors, and numbers.
struct Comparison {
  size_t compared = 0;
  size_t different = 0;
  // Of those that are finite.
  double largest_difference = 0;
};

class BundledProgram final {
 public:
  // What all bytes of a file must be aligned to, so that its tensors are.
  static constexpr size_t kAlignment = 32;

  // Whether the bytes claim to be such a file.
  static bool is_bundled(const void* data, size_t size);

  // Checks the whole file's structure; `data` must outlive the value, and methods that inputs were loaded into.
  // InvalidProgram if it is none, or of a newer version; InvalidArgument if `data` is not aligned.
  static executorch::runtime::Result<BundledProgram> load(const void* data, size_t size);

  // The .pte file within.
  executorch::runtime::Span<const uint8_t> program() const;

  // How many cases a method has; NotFound if none.
  executorch::runtime::Result<size_t> num_cases(const char* method_name) const;

  // Sets all inputs of the method to those of a case. NotFound if there is no such case; InvalidProgram if the case is
  // not one of this method, or a tensor has more or less data than its sizes say; what set_input says.
  executorch::runtime::Error load_inputs(executorch::runtime::Method& method, size_t index) const;

  // Compares the method's outputs as they are now with what a case expects. An output of another type or shape is
  // InvalidProgram.
  executorch::runtime::Result<Comparison> compare_outputs(const executorch::runtime::Method& method, size_t index,
                                                          const Tolerance& tolerance) const;

 private:
  using Case = bundled_program_flatbuffer::BundledMethodTestCase;
  using Suite = bundled_program_flatbuffer::BundledMethodTestSuite;

  explicit BundledProgram(const bundled_program_flatbuffer::BundledProgram* root) : root_(root) {}

  const Suite* find_suite(const char* method_name) const;
  executorch::runtime::Result<const Case*> find_case(const executorch::runtime::Method& method, size_t index) const;

  const bundled_program_flatbuffer::BundledProgram* root_;
};

}  // namespace etbuild
