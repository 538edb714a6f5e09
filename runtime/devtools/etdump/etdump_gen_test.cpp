// What etdumps hold; it runs on the official library, too.

#include <executorch/devtools/etdump/etdump_flatcc.h>

#include <cstdlib>
#include <cstring>
#include <string>

#include "abort_check.h"
#include "check.h"
#include "etdump_text.h"

namespace {

using etbuild::testing::aborts;
using executorch::etdump::ETDumpGen;
using executorch::etdump::ETDumpResult;
using executorch::runtime::AllocatorID;
using executorch::runtime::ArrayRef;
using executorch::runtime::BoxedEvalueList;
using executorch::runtime::DelegateDebugIdType;
using executorch::runtime::DelegateDebugIntId;
using executorch::runtime::Error;
using executorch::runtime::EValue;
using executorch::runtime::EventTracerEntry;
using executorch::runtime::EventTracerFilterBase;
using executorch::runtime::LoggedEValueType;
using executorch::runtime::PalImpl;
using executorch::runtime::Result;
using executorch::runtime::Span;
using executorch::runtime::etensor::ScalarType;
using executorch::runtime::etensor::Tensor;
using executorch::runtime::etensor::TensorImpl;

// A clock that counts how often it was asked.
et_timestamp_t ticks = 0;
et_timestamp_t tick() { return ++ticks; }

void start_clock() {
  static const bool registered = executorch::runtime::register_pal(
      PalImpl::create(nullptr, nullptr, tick, nullptr, nullptr, nullptr, nullptr, "etdump_gen_test.cpp"));
  static_cast<void>(registered);
  ticks = 0;
}

std::string text_of(ETDumpGen& tracer) {
  const ETDumpResult dump = tracer.get_etdump_data();
  if (dump.buf == nullptr) return "";
  const auto* bytes = static_cast<const char*>(dump.buf);
  uint32_t size = 0;
  std::memcpy(&size, bytes, sizeof(size));
  std::string text = "broken";
  if (size + 4 == dump.size && std::memcmp(bytes + 8, "ED00", 4) == 0) {
    text = etbuild::testing::EtdumpText::of(bytes + 4, true);
  }
  if (!tracer.is_static_etdump()) std::free(dump.buf);
  return text;
}

// 2 x 3 floats.
struct Floats {
  TensorImpl::SizesType sizes[2] = {2, 3};
  uint8_t order[2] = {0, 1};
  TensorImpl::StridesType strides[2] = {3, 1};
  float data[6] = {1, 2, 3, 4, 5, 6};
  TensorImpl impl{ScalarType::Float, 2, sizes, data, order, strides};
  Tensor tensor{&impl};
};

TEST(nothing_is_dumped_before_the_first_block) {
  ETDumpGen tracer;
  CHECK(tracer.get_num_blocks() == 0);
  CHECK(tracer.get_etdump_data().buf == nullptr);
  CHECK(aborts([&] { tracer.end_profiling(tracer.start_profiling("x")); }));
  CHECK(aborts([&] { tracer.track_allocator("x"); }));
}

TEST(events_belong_to_their_instructions) {
  start_clock();
  ETDumpGen tracer;
  tracer.create_event_block("run");
  const AllocatorID allocator = tracer.track_allocator("one");
  CHECK(allocator == 1 && tracer.track_allocator("two") == 2);
  const EventTracerEntry outer = tracer.start_profiling("outer", 2, 7);
  CHECK(outer.chain_id == 2 && outer.debug_handle == 7 && outer.start_time == 1);
  tracer.set_chain_debug_handle(5, 6);
  tracer.end_profiling(tracer.start_profiling("inner"));
  tracer.end_profiling(outer);
  tracer.track_allocation(allocator, 100);
  tracer.end_profiling(tracer.start_profiling("no chain", -1, 9));
  tracer.end_profiling(tracer.start_profiling(nullptr, 4));
  CHECK(aborts([&] { tracer.track_allocator("late"); }));
  CHECK(text_of(tracer) ==
        "version 0\n"
        "run 'run' input -1\n"
        "  allocator 'one'\n"
        "  allocator 'two'\n"
        "  profile 'inner' chain 5 instruction 6 delegate -1 '' metadata 2-3\n"
        "  profile 'outer' chain 2 instruction 7 delegate -1 '' metadata 1-4\n"
        "  allocation 1: 100\n"
        "  profile 'no chain' chain 5 instruction 6 delegate -1 '' metadata 5-6\n"
        "  profile '' chain 4 instruction 0 delegate -1 '' metadata 7-8\n");
}

TEST(each_block_is_a_run) {
  start_clock();
  ETDumpGen tracer;
  tracer.create_event_block("a");
  const EventTracerEntry late = tracer.start_profiling("late");
  tracer.create_event_block("b");
  tracer.end_profiling(late);
  tracer.create_event_block("empty");
  CHECK(tracer.get_num_blocks() == 3);
  CHECK(text_of(tracer) ==
        "version 0\n"
        "run 'a' input -1\n"
        "run 'b' input -1\n"
        "  profile 'late' chain -1 instruction 0 delegate -1 '' metadata 1-2\n"
        "run 'empty' input -1\n");
}

TEST(a_dump_ends_and_the_next_block_begins_another) {
  start_clock();
  ETDumpGen tracer;
  tracer.create_event_block("first");
  CHECK(text_of(tracer) == "version 0\nrun 'first' input -1\n");
  CHECK(aborts([&] { tracer.end_profiling(tracer.start_profiling("x")); }));
  tracer.create_event_block("second");
  CHECK(tracer.get_num_blocks() == 1);
  CHECK(text_of(tracer) == "version 0\nrun 'second' input -1\n");
  tracer.reset();
  CHECK(tracer.get_num_blocks() == 0 && tracer.get_etdump_data().buf == nullptr);
}

TEST(delegates_have_names_or_numbers) {
  start_clock();
  ETDumpGen tracer;
  tracer.create_event_block("run");
  tracer.set_chain_debug_handle(1, 2);
  const uint8_t metadata[] = {1, 2, 3};
  const EventTracerEntry named = tracer.start_profiling_delegate("name", -1);
  CHECK(named.delegate_event_id_type == DelegateDebugIdType::kStr);
  tracer.end_profiling_delegate(named, metadata, 3);
  const EventTracerEntry numbered = tracer.start_profiling_delegate(nullptr, 12);
  CHECK(numbered.delegate_event_id_type == DelegateDebugIdType::kInt && numbered.event_id == 12);
  tracer.end_profiling_delegate(numbered, nullptr, 0);
  tracer.log_profiling_delegate("logged", -1, 10, 20, metadata, 2);
  tracer.log_profiling_delegate(nullptr, 4, 30, 40, nullptr, 0);
  CHECK(aborts([&] { tracer.start_profiling_delegate("name", 3); }));
  CHECK(aborts([&] { tracer.log_profiling_delegate(nullptr, -1, 1, 2, nullptr, 0); }));
  CHECK(aborts([&] { tracer.end_profiling(named); }));
  const std::string text = text_of(tracer);
  CHECK(text.find("  profile '' chain 1 instruction 2 delegate -1 'name' metadata 1 2 3 1-2\n"
                  "  profile '' chain 1 instruction 2 delegate 12 '' metadata 3-4\n"
                  "  profile '' chain 1 instruction 2 delegate -1 'logged' metadata 1 2 10-20\n"
                  "  profile '' chain 1 instruction 2 delegate 4 '' metadata 30-40\n") != std::string::npos);
}

TEST(values_are_logged_and_tensors_written_to_the_sink) {
  start_clock();
  Floats floats;
  alignas(64) static uint8_t sink[1024];
  ETDumpGen tracer;
  tracer.create_event_block("run");
  tracer.set_chain_debug_handle(1, 2);
  CHECK(tracer.get_data_sink() == nullptr);
  CHECK(*tracer.set_debug_buffer(Span<uint8_t>(sink, sizeof(sink))));
  EValue value(floats.tensor);
  EValue* items[] = {&value, &value};
  Tensor unwrapped[] = {floats.tensor, floats.tensor};
  BoxedEvalueList<Tensor> list(items, unwrapped, 2);
  constexpr LoggedEValueType kIntermediate = LoggedEValueType::kIntermediateOutput;
  CHECK(*tracer.log_evalue(EValue(int64_t{5}), kIntermediate));
  CHECK(*tracer.log_evalue(EValue(2.5), kIntermediate));
  CHECK(*tracer.log_evalue(EValue(true), kIntermediate));
  CHECK(*tracer.log_evalue(value, kIntermediate));
  CHECK(*tracer.log_evalue(value, LoggedEValueType::kProgramOutput));
  CHECK(*tracer.log_evalue(EValue(&list), LoggedEValueType::kProgramOutput));
  CHECK(tracer.get_data_sink()->get_used_bytes() == 3 * 64 + 24);
  float last = 0;
  std::memcpy(&last, sink + 192 + 5 * sizeof(float), sizeof(last));
  CHECK(last == 6);
  CHECK(text_of(tracer) ==
        "version 0\n"
        "run 'run' input -1\n"
        "  debug '' chain 1 instruction 2 delegate -1 '' value 1 int 5\n"
        "  debug '' chain 1 instruction 2 delegate -1 '' value 4 double 2.5\n"
        "  debug '' chain 1 instruction 2 delegate -1 '' value 2 bool 1\n"
        "  debug '' chain 1 instruction 2 delegate -1 '' value 5 tensor of 6 sizes 2 3 strides 3 1 at 0\n"
        "  debug '' chain 1 instruction 2 delegate -1 '' value 5 output 1 tensor of 6 sizes 2 3 strides 3 1 at 64\n"
        "  debug '' chain 1 instruction 2 delegate -1 '' value 6 output 1 tensor of 6 sizes 2 3 strides 3 1 at 128"
        " tensor of 6 sizes 2 3 strides 3 1 at 192\n");
}

TEST(a_tensor_without_elements_has_no_data) {
  TensorImpl::SizesType none[] = {0};
  uint8_t order[] = {0};
  TensorImpl::StridesType strides[] = {1};
  TensorImpl empty(ScalarType::Int, 1, none, nullptr, order, strides);
  static uint8_t sink[64];
  ETDumpGen tracer;
  tracer.create_event_block("run");
  CHECK(*tracer.set_debug_buffer(Span<uint8_t>(sink, sizeof(sink))));
  CHECK(*tracer.log_evalue(EValue(Tensor(&empty)), LoggedEValueType::kIntermediateOutput));
  CHECK(text_of(tracer).find("tensor of 3 sizes 0 strides 1 at -1\n") != std::string::npos);
}

// Says what is left out.
class Filter final : public EventTracerFilterBase {
 public:
  explicit Filter(Result<bool> answer) : ok_(answer.ok()), answer_(ok_ && *answer) {}
  Result<bool> filter(const char*, DelegateDebugIntId) override {
    if (!ok_) return Error::Internal;
    return answer_;
  }

 private:
  bool ok_;
  bool answer_;
};

TEST(values_of_delegates_pass_a_filter) {
  Floats floats;
  alignas(64) static uint8_t sink[1024];
  ETDumpGen tracer;
  tracer.create_event_block("run");
  tracer.set_chain_debug_handle(1, 2);
  CHECK(*tracer.set_debug_buffer(Span<uint8_t>(sink, sizeof(sink))));
  Tensor tensors[] = {floats.tensor, floats.tensor};
  CHECK(*tracer.log_intermediate_output_delegate("t", -1, floats.tensor));
  CHECK(*tracer.log_intermediate_output_delegate(nullptr, 3, ArrayRef<Tensor>(tensors, 2)));
  CHECK(*tracer.log_intermediate_output_delegate("i", -1, 5));
  CHECK(*tracer.log_intermediate_output_delegate("b", -1, true));
  CHECK(*tracer.log_intermediate_output_delegate("d", -1, 2.5));
  CHECK(tracer.log_intermediate_output_delegate("both", 3, 5).error() == Error::InvalidArgument);

  Filter all(true);
  tracer.set_delegation_intermediate_output_filter(&all);
  CHECK(!*tracer.log_intermediate_output_delegate("left out", -1, 5));
  Filter broken(Error::Internal);
  tracer.set_delegation_intermediate_output_filter(&broken);
  CHECK(tracer.log_intermediate_output_delegate("broken", -1, 5).error() == Error::Internal);
  CHECK(text_of(tracer) ==
        "version 0\n"
        "run 'run' input -1\n"
        "  debug '' chain 1 instruction 2 delegate -1 't' value 5 tensor of 6 sizes 2 3 strides 3 1 at 0\n"
        "  debug '' chain 1 instruction 2 delegate 3 '' value 6 tensor of 6 sizes 2 3 strides 3 1 at 64"
        " tensor of 6 sizes 2 3 strides 3 1 at 128\n"
        "  debug '' chain 1 instruction 2 delegate -1 'i' value 1 int 5\n"
        "  debug '' chain 1 instruction 2 delegate -1 'b' value 2 bool 1\n"
        "  debug '' chain 1 instruction 2 delegate -1 'd' value 4 double 2.5\n");
}

TEST(many_events_are_kept) {
  start_clock();
  ETDumpGen tracer;
  tracer.create_event_block("run");
  for (int i = 0; i < 20000; ++i) tracer.end_profiling(tracer.start_profiling("event", i, 0));
  const std::string text = text_of(tracer);
  CHECK(text.find("chain 19999 instruction 0 delegate -1 '' metadata 39999-40000\n") != std::string::npos);
}

TEST(a_buffer_of_the_app_holds_the_dump) {
  start_clock();
  alignas(64) static uint8_t buffer[150000];
  ETDumpGen tracer(Span<uint8_t>(buffer, sizeof(buffer)));
  CHECK(tracer.is_static_etdump());
  tracer.create_event_block("run");
  tracer.end_profiling(tracer.start_profiling("event"));
  const ETDumpResult dump = tracer.get_etdump_data();
  CHECK(dump.buf > buffer && static_cast<uint8_t*>(dump.buf) + dump.size <= buffer + sizeof(buffer));
  CHECK(etbuild::testing::EtdumpText::of(static_cast<uint8_t*>(dump.buf) + 4, false) ==
        "version 0\nrun 'run' input -1\n  profile 'event' chain -1 instruction 0 delegate -1 '' metadata\n");
}

TEST(a_buffer_that_is_too_small_aborts) {
  static uint8_t buffer[100];
  CHECK(aborts([] { ETDumpGen tracer(Span<uint8_t>(buffer, sizeof(buffer))); }));
}

#ifndef OFFICIAL_RUNTIME
// The official library aborts, and wants 130 KB.
TEST(events_that_do_not_fit_into_a_buffer_are_left_out) {
  for (size_t size = 2048; size < 2300; ++size) {
    start_clock();
    alignas(64) static uint8_t buffer[2300];
    ETDumpGen tracer(Span<uint8_t>(buffer, size));
    for (int run = 0; run < 20; ++run) {
      tracer.create_event_block("run");
      tracer.track_allocator("allocator");
      for (int i = 0; i < 10; ++i) tracer.end_profiling(tracer.start_profiling("a long name of an event"));
    }
    const std::string text = text_of(tracer);
    CHECK(text.rfind("version 0\nrun 'run' input -1\n  allocator 'allocator'\n  profile 'a long name", 0) == 0);
    CHECK(text.find("backwards") == std::string::npos);
  }
}

TEST(the_bundled_input_is_told) {
  ETDumpGen tracer;
  tracer.set_bundled_input_index(3);
  tracer.create_event_block("run");
  CHECK(text_of(tracer) == "version 0\nrun 'run' input 3\n");
}

TEST(what_a_dump_has_no_place_for_is_not_logged) {
  ETDumpGen tracer;
  tracer.create_event_block("run");
  CHECK(!*tracer.log_evalue(EValue(), LoggedEValueType::kIntermediateOutput));
  Floats floats;
  CHECK(!tracer.log_evalue(EValue(floats.tensor), LoggedEValueType::kIntermediateOutput).ok());
  static uint8_t sink[30];
  CHECK(*tracer.set_debug_buffer(Span<uint8_t>(sink, size_t{20})));
  CHECK(!tracer.log_evalue(EValue(floats.tensor), LoggedEValueType::kIntermediateOutput).ok());
  EValue value(floats.tensor);
  EValue* items[] = {&value, &value};
  Tensor unwrapped[] = {floats.tensor, floats.tensor};
  BoxedEvalueList<Tensor> list(items, unwrapped, 2);
  CHECK(!tracer.log_evalue(EValue(&list), LoggedEValueType::kIntermediateOutput).ok());
  CHECK(text_of(tracer) == "version 0\nrun 'run' input -1\n");
}
#endif

}  // namespace

TEST_MAIN()
