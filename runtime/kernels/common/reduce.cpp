#include "reduce.h"

#include <executorch/runtime/kernel/thread_parallel_interface.h>
#include <executorch/runtime/platform/log.h>

#include "convert.h"

namespace etbuild::kernels {
namespace {

// Elements that are converted at once.
constexpr int64_t kAtOnce = math::kHasLargeStack ? 64 : 16;

// Bytes of the widest element.
constexpr size_t kWidest = sizeof(std::complex<double>);

// Below so many elements waking threads costs more than it gains.
constexpr int64_t kWorthThreads = 65536;

// Nested loops, innermost first; each has steps of its own in the input and in the outputs, in elements.
struct Loops {
  int64_t sizes[kMaxRank];
  int64_t from[kMaxRank];
  int64_t to[kMaxRank];
  int64_t second[kMaxRank];
  size_t rank = 0;

  void add(int64_t size, int64_t from_step, int64_t to_step, int64_t second_step) {
    if (rank > 0) {  // Goes on where the loop inside ends?
      const int64_t inner = sizes[rank - 1];
      if (from_step == from[rank - 1] * inner && to_step == to[rank - 1] * inner &&
          second_step == second[rank - 1] * inner) {
        sizes[rank - 1] *= size;
        return;
      }
    }
    sizes[rank] = size;
    from[rank] = from_step;
    to[rank] = to_step;
    second[rank++] = second_step;
  }

  // How often all but the innermost are gone through.
  int64_t outer() const {
    int64_t count = 1;
    for (size_t at = 1; at < rank; ++at) count *= sizes[at];
    return count;
  }
};

class Reducing {
 public:
  // Of an output that has elements.
  Reducing(const Reduction& call, Tensor& out)
      : call_(call), out_(out), count_(reduced_count(call.self, call.reduced)) {
    const auto rank = static_cast<size_t>(call.self.dim());
    for (size_t at = rank; at > 0; --at) {
      const size_t dim = call.in_order ? at - 1 : call.self.dim_order()[at - 1];
      const int64_t size = call.self.sizes()[dim];
      if (size == 1) continue;
      if (is_reduced(dim)) {
        reduced_.add(size, call.self.strides()[dim], 0, 0);
      } else {
        const size_t to = place_of(dim);
        const int64_t second = call.second == nullptr ? 0 : call.second->strides()[to];
        kept_.add(size, call.self.strides()[dim], out.strides()[to], second);
      }
    }
    by_rows_ = reduced_.rank == 0 || (kept_.rank > 0 && kept_.from[0] < reduced_.from[0]);
    const int64_t most = by_rows_ || count_ < 4096 ? kSlots : 1;
    width_ = kept_.rank == 0 ? 1 : kept_.sizes[0];
    slots_ = width_ < most ? width_ : most;
    tiles_ = width_ == slots_ ? 1 : (width_ + slots_ - 1) / slots_;
  }

  bool run() {
    const int64_t all = tiles_ * kept_.outer();
    bool served = true;  // Tiles only ever make it false, and all do so.
    const auto tiles = [&](int64_t begin, int64_t end) {
      for (int64_t tile = begin; tile < end; ++tile) {
        if (!compute(tile)) served = false;
      }
    };
    if (call_.self.numel() < kWorthThreads || all == 1) {
      tiles(0, all);
    } else {
      executorch::extension::parallel_for(0, all, (all + 15) / 16, tiles);
    }
    return served;
  }

 private:
  bool is_reduced(size_t dim) const { return ((call_.reduced.bits >> dim) & 1U) != 0; }

  // The dimension of the outputs that a kept one has become.
  size_t place_of(size_t dim) const {
    if (call_.reduced.keep) return dim;
    size_t place = 0;
    for (size_t before = 0; before < dim; ++before) place += is_reduced(before) ? 0 : 1;
    return place;
  }

  bool compute(int64_t number) const {
    const int64_t first = tiles_ == 1 ? 0 : number % tiles_ * slots_;
    const int64_t slots = width_ - first < slots_ ? width_ - first : slots_;
    int64_t from = kept_.rank == 0 ? 0 : first * kept_.from[0];
    int64_t to = kept_.rank == 0 ? 0 : first * kept_.to[0];
    int64_t second = kept_.rank == 0 ? 0 : first * kept_.second[0];
    int64_t rest = tiles_ == 1 ? number : number / tiles_;
    for (size_t at = 1; at < kept_.rank && rest > 0; ++at) {
      const int64_t index = rest % kept_.sizes[at];
      rest /= kept_.sizes[at];
      from += index * kept_.from[at];
      to += index * kept_.to[at];
      second += index * kept_.second[at];
    }
    alignas(64) char tile[kTileBytes];
    call_.reducer->begin(tile, slots);
    if (count_ > 0 && !(by_rows_ ? take_rows(tile, from, slots) : take_runs(tile, from, slots))) return false;
    alignas(16) char results[kSlots * kWidest];
    alignas(16) char seconds[kSlots * kWidest];
    call_.reducer->finish(tile, slots, count_, call_.parameters, results, seconds);
    const int64_t step = kept_.rank == 0 ? 1 : kept_.to[0];
    if (!store(call_.result, results, out_, to, step, slots)) return false;
    if (call_.second == nullptr) return true;
    return store(call_.second_result, seconds, *call_.second, second, kept_.rank == 0 ? 1 : kept_.second[0], slots);
  }

  bool take_rows(void* tile, int64_t offset, int64_t slots) const {
    const int64_t step = kept_.rank == 0 ? 1 : kept_.from[0];
    const int64_t inner = reduced_.rank == 0 ? 1 : reduced_.sizes[0];
    const int64_t inner_step = reduced_.rank == 0 ? 0 : reduced_.from[0];
    int64_t index = 0;
    return each_outer(offset, [&](int64_t start) {
      for (int64_t at = 0; at < inner; ++at) {
        alignas(16) char buffer[kSlots * kWidest];
        const void* row = dense(start + at * inner_step, step, slots, buffer);
        if (row == nullptr) return false;
        call_.reducer->take_row(tile, row, slots, index++);
      }
      return true;
    });
  }

  bool take_runs(void* tile, int64_t offset, int64_t slots) const {
    const int64_t inner = reduced_.sizes[0];
    const int64_t step = reduced_.from[0];
    const bool in_place = step == 1 && call_.self.scalar_type() == call_.compute;
    const int64_t most = in_place ? inner : kAtOnce;
    for (int64_t slot = 0; slot < slots; ++slot) {
      const int64_t skipped = kept_.rank == 0 ? 0 : slot * kept_.from[0];
      int64_t index = 0;
      const bool served = each_outer(offset + skipped, [&](int64_t start) {
        for (int64_t at = 0; at < inner; at += most) {
          alignas(16) char buffer[kAtOnce * kWidest];
          const int64_t now = inner - at < most ? inner - at : most;
          const void* run = dense(start + at * step, step, now, buffer);
          if (run == nullptr) return false;
          call_.reducer->take_run(tile, slot, run, now, index);
          index += now;
        }
        return true;
      });
      if (!served) return false;
    }
    return true;
  }

  // Calls with the offset of each of the reduced loops but the innermost, until told false.
  template <typename Visitor>
  bool each_outer(int64_t offset, const Visitor& visit) const {
    int64_t at[kMaxRank];  // Most often none.
    for (size_t loop = 1; loop < reduced_.rank; ++loop) at[loop] = 0;
    for (;;) {
      if (!visit(offset)) return false;
      size_t loop = 1;
      for (; loop < reduced_.rank; ++loop) {
        offset += reduced_.from[loop];
        if (++at[loop] < reduced_.sizes[loop]) break;
        offset -= reduced_.from[loop] * reduced_.sizes[loop];
        at[loop] = 0;
      }
      if (loop >= reduced_.rank) return true;
    }
  }

  // Elements as the reducer reads them: in place, or in the buffer; null if they cannot be converted.
  const void* dense(int64_t offset, int64_t step, int64_t count, char* buffer) const {
    const ScalarType type = call_.self.scalar_type();
    const char* from =
        static_cast<const char*>(call_.self.const_data_ptr()) + offset * static_cast<int64_t>(size_of(type));
    if (type == call_.compute && step == 1) return from;
    return convert(type, from, step, call_.compute, buffer, count) ? buffer : nullptr;
  }

  static bool store(ScalarType type, const char* results, Tensor& out, int64_t offset, int64_t step, int64_t count) {
    const auto size = static_cast<int64_t>(size_of(out.scalar_type()));
    char* to = static_cast<char*>(out.mutable_data_ptr()) + offset * size;
    if (step == 1) return convert(type, results, 1, out.scalar_type(), to, count);
    for (int64_t at = 0; at < count; ++at) {
      const char* from = results + at * static_cast<int64_t>(size_of(type));
      if (!convert(type, from, 1, out.scalar_type(), to + at * step * size, 1)) return false;
    }
    return true;
  }

  const Reduction& call_;
  Tensor& out_;
  int64_t count_;  // Elements that make one.
  Loops kept_;     // Over outputs,
  Loops reduced_;  // and over what makes one.
  bool by_rows_;   // Whether the innermost loop is one that is kept.
  int64_t width_;  // The size of the innermost loop over outputs,
  int64_t slots_;  // of which a tile takes so many,
  int64_t tiles_;  // so that it needs so many of them.
};

bool add(KernelRuntimeContext& context, int64_t listed, const Tensor& self, Dimensions& reduced) {
  if (!wrap_dimension(context, listed, static_cast<size_t>(self.dim()))) return false;
  const uint32_t bit = 1U << static_cast<unsigned>(listed);
  if ((reduced.bits & bit) != 0) {
    ET_LOG(Error, "A dimension must be reduced once, is twice");
    return refuse(context, Error::InvalidArgument);
  }
  reduced.bits |= bit;
  return true;
}

bool resize_reduced(KernelRuntimeContext& context, const Reduction& call, Tensor& out) {
  Shape shape;
  for (size_t dim = 0; dim < call.self.sizes().size(); ++dim) {
    const bool reduced = ((call.reduced.bits >> dim) & 1U) != 0;
    if (!reduced || call.reduced.keep) shape.sizes[shape.rank++] = reduced ? 1 : call.self.sizes()[dim];
  }
  return resize(context, out, shape.view());
}

}  // namespace

Dimensions all_dimensions(const Tensor& self) {
  Dimensions all;
  all.bits = (1U << static_cast<unsigned>(self.dim())) - 1U;
  return all;
}

bool dimensions(KernelRuntimeContext& context, ArrayRef<int64_t> listed, const Tensor& self, Dimensions& reduced) {
  if (listed.empty()) reduced.bits = all_dimensions(self).bits;
  for (const int64_t each : listed) {
    if (!add(context, each, self, reduced)) return false;
  }
  return true;
}

bool dimension(KernelRuntimeContext& context, const EValue& listed, const Tensor& self, Dimensions& reduced) {
  if (!listed.isNone()) return add(context, integer(listed), self, reduced);
  reduced.bits = all_dimensions(self).bits;
  return true;
}

int64_t reduced_count(const Tensor& self, const Dimensions& reduced) {
  int64_t count = 1;
  for (size_t dim = 0; dim < self.sizes().size(); ++dim) {
    if (((reduced.bits >> dim) & 1U) != 0) count *= self.sizes()[dim];
  }
  return count;
}

bool reduce(KernelRuntimeContext& context, const Reduction& call, Tensor& out) {
  if (call.reducer == nullptr) {
    ET_LOG(Error, "The kernel does not reduce dtype %d", static_cast<int>(call.compute));
    return refuse(context, Error::NotSupported);
  }
  if (!resize_reduced(context, call, out)) return false;
  if (call.second != nullptr && !resize_reduced(context, call, *call.second)) return false;
  if (call.needs_elements && out.numel() > 0 && reduced_count(call.self, call.reduced) == 0) {
    ET_LOG(Error, "There must be elements to reduce, are none");
    return refuse(context, Error::InvalidArgument);
  }
  return out.numel() == 0 || Reducing(call, out).run() || refuse(context, Error::NotSupported);
}

}  // namespace etbuild::kernels
