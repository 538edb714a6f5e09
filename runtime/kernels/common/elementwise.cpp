#include "elementwise.h"

#include <executorch/runtime/kernel/thread_parallel_interface.h>
#include <executorch/runtime/platform/log.h>

#include "convert.h"
#include "shapes.h"
#include "stacks.h"
#include "strided_loops.h"

#ifndef ET_KERNELS_STRIDED
#define ET_KERNELS_STRIDED 1
#endif

namespace etbuild::kernels {
namespace {

// Elements that are converted at once.
constexpr int64_t kAtOnce = math::kHasLargeStack ? 64 : 8;

// Below so many elements waking threads costs more than it gains; also what one of them takes at least.
constexpr int64_t kGrain = 32768;

bool resize_to_broadcast(KernelRuntimeContext& context, const Elementwise& call, Tensor& out) {
  const Tensor* first = call.operands[0].tensor;
  bool all_same = first != nullptr;
  for (size_t index = 1; index < call.count && all_same; ++index) {
    const Tensor* other = call.operands[index].tensor;
    all_same = other == nullptr || same(other->sizes(), first->sizes());
  }
  if (all_same) return resize(context, out, first->sizes());
  Shape shape;
  for (size_t index = 0; index < call.count; ++index) {
    const Tensor* tensor = call.operands[index].tensor;
    if (tensor != nullptr && !broadcast(shape, tensor->sizes())) {
      ET_LOG(Error, "The sizes of operands do not broadcast");
      return refuse(context, Error::InvalidArgument);
    }
  }
  return resize(context, out, shape.view());
}

// Whether each operand lies as the output does, and the row can read it, or is a point, a single element; the output
// need not be resized then. `points` has a bit for each of these.
bool is_flat(const Elementwise& call, const Tensor& out, unsigned& points) {
  if (out.scalar_type() != call.result) return false;
  points = 0;
  for (size_t index = 0; index < call.count; ++index) {
    const Operand& operand = call.operands[index];
    if (operand.tensor != nullptr) {
      if (operand.type == call.reads(index) && same_layout(*operand.tensor, out)) continue;
      if (operand.tensor->numel() != 1 || operand.tensor->dim() > out.dim()) return false;
    }
    points |= 1U << index;
  }
  return points + 1 != 1U << call.count;
}

// Buffers for what cannot be read or written in place.
struct Buffers {
  alignas(16) char of[kMaxOperands + 1][kAtOnce * sizeof(std::complex<double>)];
};

// Runs the row through memory, `most` elements at once; for points it finds copies in the buffers.
void compute_flat(const Elementwise& call, const Tensor& out, unsigned points, const Buffers* buffers) {
  const auto run = [&](int64_t begin, int64_t end) {
    const int64_t most = points == 0 ? end - begin : kAtOnce;
    for (int64_t at = begin; at < end; at += most) {
      const void* inputs[kMaxOperands];
      for (size_t index = 0; index < call.count; ++index) {
        const auto skip = static_cast<size_t>(at) * size_of(call.reads(index));
        const bool point = ((points >> index) & 1U) != 0;
        inputs[index] = point ? buffers->of[index] : static_cast<const char*>(call.operands[index].data) + skip;
      }
      auto* to = static_cast<char*>(out.mutable_data_ptr()) + static_cast<size_t>(at) * size_of(call.result);
      call.row(inputs, to, end - at < most ? end - at : most, call.parameters);
    }
  };
  if (out.numel() < 2 * kGrain) return run(0, out.numel());
  executorch::extension::parallel_for(0, out.numel(), kGrain, run);
}

bool compute_with_points(const Elementwise& call, const Tensor& out, unsigned points) {
  Buffers buffers;
  const int64_t copies = out.numel() < kAtOnce ? out.numel() : kAtOnce;
  for (size_t index = 0; index < call.count; ++index) {
    const Operand& operand = call.operands[index];
    if (((points >> index) & 1U) == 0) continue;
    if (!convert(operand.type, operand.data, 0, call.reads(index), buffers.of[index], copies)) return false;
  }
  compute_flat(call, out, points, &buffers);
  return true;
}

// One run of elements along the innermost dimension: `from` and `step` by operand, the output last.
struct Run {
  const char* from[kMaxOperands];
  int64_t steps[kMaxOperands + 1];
  char* to;
  int64_t count;
};

bool compute_run(const Elementwise& call, ScalarType out_type, const Run& run, Buffers& buffers) {
  const bool in_place = out_type == call.result && run.steps[call.count] == 1;
  bool buffered = !in_place;
  bool reads_in_place[kMaxOperands];
  for (size_t index = 0; index < call.count; ++index) {
    const Operand& operand = call.operands[index];
    reads_in_place[index] = operand.type == call.reads(index) && run.steps[index] == 1;
    buffered = buffered || !reads_in_place[index];
    if (run.steps[index] != 0 || run.count == 1) continue;
    const int64_t copies = run.count < kAtOnce ? run.count : kAtOnce;
    if (!convert(operand.type, run.from[index], 0, call.reads(index), buffers.of[index], copies)) return false;
  }
  const int64_t most = buffered ? kAtOnce : run.count;
  for (int64_t at = 0; at < run.count; at += most) {
    const int64_t now = run.count - at < most ? run.count - at : most;
    const void* inputs[kMaxOperands];
    for (size_t index = 0; index < call.count; ++index) {
      const ScalarType type = call.operands[index].type;
      inputs[index] = buffers.of[index];
      const char* from = run.from[index] + at * run.steps[index] * static_cast<int64_t>(size_of(type));
      if (reads_in_place[index]) {
        inputs[index] = from;
      } else if (run.steps[index] != 0 || run.count == 1) {
        if (!convert(type, from, run.steps[index], call.reads(index), buffers.of[index], now)) return false;
      }
    }
    const auto size = static_cast<int64_t>(size_of(out_type));
    char* to = run.to + at * run.steps[call.count] * size;
    char* result = in_place ? to : buffers.of[kMaxOperands];
    call.row(inputs, result, now, call.parameters);
    if (in_place) continue;
    if (out_type == call.result) {
      copy_elements(size_of(out_type), result, 1, to, run.steps[call.count], now);
    } else if (run.steps[call.count] == 1) {
      if (!convert(call.result, result, 1, out_type, to, now)) return false;
    } else {
      for (int64_t each = 0; each < now; ++each) {
        const char* from = result + each * static_cast<int64_t>(size_of(call.result));
        if (!convert(call.result, from, 1, out_type, to + each * run.steps[call.count] * size, 1)) return false;
      }
    }
  }
  return true;
}

bool compute_strided(const Elementwise& call, Tensor& out) {
  StridedLoops<kMaxOperands + 1> loops(out, call.count + 1);
  for (size_t index = 0; index < call.count; ++index) loops.add(call.operands[index].tensor);
  loops.add(&out);
  loops.collapse();
  Buffers buffers;
  Run run;
  run.count = loops.inner_count();
  for (size_t index = 0; index <= call.count; ++index) run.steps[index] = loops.inner_step(index);
  bool served = true;
  loops.each([&](const int64_t* offsets) {
    for (size_t index = 0; index < call.count; ++index) {
      const Operand& operand = call.operands[index];
      run.from[index] =
          static_cast<const char*>(operand.data) + offsets[index] * static_cast<int64_t>(size_of(operand.type));
    }
    run.to = static_cast<char*>(out.mutable_data_ptr()) +
             offsets[call.count] * static_cast<int64_t>(size_of(out.scalar_type()));
    served = compute_run(call, out.scalar_type(), run, buffers);
    return served;
  });
  return served;
}

}  // namespace

bool compute(KernelRuntimeContext& context, const Elementwise& call, Tensor& out) {
  if (call.row == nullptr) {
    ET_LOG(Error, "The kernel does not compute in dtype %d", static_cast<int>(call.compute));
    return refuse(context, Error::NotSupported);
  }
  unsigned points = 0;
  bool flat = is_flat(call, out, points);
  if (!flat) {
    if (!can_cast(call.result, out.scalar_type())) {
      ET_LOG(Error, "A result of dtype %d cannot be written as dtype %d", static_cast<int>(call.result),
             static_cast<int>(out.scalar_type()));
      return refuse(context, Error::InvalidArgument);
    }
    if (!resize_to_broadcast(context, call, out)) return false;
    if (out.numel() == 0) return true;
    flat = is_flat(call, out, points);
  }
  if (flat && points == 0) {
    compute_flat(call, out, 0, nullptr);
    return true;
  }
  // Not `if constexpr`: clang warns of functions that nothing calls.
  bool served = false;
  if (ET_KERNELS_STRIDED != 0) {
    served = flat ? compute_with_points(call, out, points) : compute_strided(call, out);
  }
  return served || refuse(context, Error::NotSupported);
}

}  // namespace etbuild::kernels
