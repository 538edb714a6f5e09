#include "strided_copy.h"

#include <executorch/runtime/platform/log.h>

#include <cstring>

#include "accumulate.h"
#include "convert.h"
#include "raw_elements.h"
#include "selection.h"

namespace etbuild::kernels {
namespace {

// The two innermost dimensions of a region.
struct Plane {
  const char* from;
  char* to;
  ptrdiff_t columns;
  ptrdiff_t from_column;
  ptrdiff_t to_column;
  ptrdiff_t rows;
  ptrdiff_t from_row;
  ptrdiff_t to_row;
  size_t size;  // Of an element.
};

// Copies by squares that stay in the first cache in both, whichever of them is transposed.
template <typename Block>
void copy_plane(const Plane& plane) {
  constexpr ptrdiff_t kSide = 16;
  const auto* from = reinterpret_cast<const Block*>(plane.from);
  auto* to = reinterpret_cast<Block*>(plane.to);
  for (ptrdiff_t top = 0; top < plane.rows; top += kSide) {
    const ptrdiff_t bottom = plane.rows - top < kSide ? plane.rows : top + kSide;
    for (ptrdiff_t left = 0; left < plane.columns; left += kSide) {
      const ptrdiff_t count = plane.columns - left < kSide ? plane.columns - left : kSide;
      for (ptrdiff_t row = top; row < bottom; ++row) {
        const Block* source = from + row * plane.from_row + left * plane.from_column;
        Block* target = to + row * plane.to_row + left * plane.to_column;
        for (ptrdiff_t at = 0; at < count; ++at) target[at * plane.to_column] = source[at * plane.from_column];
      }
    }
  }
}

void copy_rows(size_t size, const Plane& plane) {
  const auto wide = static_cast<ptrdiff_t>(size);
  for (ptrdiff_t row = 0; row < plane.rows; ++row) {
    std::memcpy(plane.to + row * plane.to_row * wide, plane.from + row * plane.from_row * wide,
                static_cast<size_t>(plane.columns) * size);
  }
}

// As copy_plane() does, but slowly: for sizes that no program has elements of.
void copy_any_plane(const Plane& plane) {
  const auto wide = static_cast<ptrdiff_t>(plane.size);
  for (ptrdiff_t row = 0; row < plane.rows; ++row) {
    for (ptrdiff_t at = 0; at < plane.columns; ++at) {
      std::memcpy(plane.to + (row * plane.to_row + at * plane.to_column) * wide,
                  plane.from + (row * plane.from_row + at * plane.from_column) * wide, plane.size);
    }
  }
}

constexpr bool is_size_selected(size_t size) {
  for (auto type = static_cast<int>(ScalarType::Byte); type <= static_cast<int>(ScalarType::BFloat16); ++type) {
    const auto dtype = static_cast<ScalarType>(type);
    if (is_selected(dtype) && size_of(dtype) == size) return true;
  }
  return false;
}

using CopyPlane = void (*)(const Plane& plane);

template <typename... Blocks>
CopyPlane copier(size_t size, Types<Blocks...> /*types*/) {
  CopyPlane found = copy_any_plane;
  const auto look_at = [&](auto block) {
    using Block = decltype(block);
    if constexpr (is_size_selected(sizeof(Block))) {
      if (size == sizeof(Block)) found = copy_plane<Block>;
    }
  };
  (look_at(Blocks{}), ...);
  return found;
}

ptrdiff_t magnitude(ptrdiff_t step) { return step < 0 ? -step : step; }

}  // namespace

void StridedCopy::add(ptrdiff_t size, ptrdiff_t from, ptrdiff_t to) {
  if (size == 0) empty_ = true;
  if (size == 1) return;
  size_t at = rank_++;
  for (; at > 0 && magnitude(dimensions_[at - 1].to) > magnitude(to); --at) dimensions_[at] = dimensions_[at - 1];
  dimensions_[at] = {size, from, to};
}

void StridedCopy::collapse() {
  size_t last = 0;
  for (size_t at = 1; at < rank_; ++at) {
    Dimension& inner = dimensions_[last];
    const Dimension& outer = dimensions_[at];
    if (outer.from == inner.from * inner.size && outer.to == inner.to * inner.size) {
      inner.size *= outer.size;
    } else {
      dimensions_[++last] = outer;
    }
  }
  rank_ = rank_ == 0 ? 0 : last + 1;
  while (rank_ < 2) dimensions_[rank_++] = {1, 1, 1};
  // Of the outer ones, that along which the source is read is next.
  for (size_t at = 2; at < rank_ && magnitude(dimensions_[1].from) != 1; ++at) {
    if (magnitude(dimensions_[at].from) != 1 || dimensions_[0].from == 1) continue;
    const Dimension dimension = dimensions_[1];
    dimensions_[1] = dimensions_[at];
    dimensions_[at] = dimension;
  }
}

// Calls with where each run over the dimensions before `first` starts.
template <typename Visitor>
void StridedCopy::each(size_t first, const Visitor& visit) const {
  if (empty_) return;
  const size_t rank = rank_;
  ptrdiff_t at[kMost];  // Of what is gone through only: most regions have one run, which is not to pay for others.
  for (size_t dim = first; dim < rank; ++dim) at[dim] = 0;
  ptrdiff_t from = 0;
  ptrdiff_t to = 0;
  for (;;) {
    if (!visit(from, to)) return;
    size_t dim = first;
    for (; dim < rank; ++dim) {
      const Dimension& dimension = dimensions_[dim];
      from += dimension.from;
      to += dimension.to;
      if (++at[dim] < dimension.size) break;
      from -= dimension.from * dimension.size;
      to -= dimension.to * dimension.size;
      at[dim] = 0;
    }
    if (dim >= rank) return;
  }
}

void StridedCopy::run(size_t size, const void* from, void* to) const {
  const Dimension& inner = dimensions_[0];
  const Dimension& outer = dimensions_[1];
  if (rank_ == 2 && outer.size == 1 && inner.from == 1 && inner.to == 1) {  // One run: most of what is copied.
    if (!empty_) copy_element(static_cast<size_t>(inner.size) * size, from, to);
    return;
  }
  Plane plane = {nullptr, nullptr, inner.size, inner.from, inner.to, outer.size, outer.from, outer.to, size};
  constexpr size_t kFewBytes = 64;  // Calling memcpy costs more.
  const bool runs = inner.from == 1 && inner.to == 1 && static_cast<size_t>(inner.size) * size >= kFewBytes;
  const CopyPlane copy = copier(size, Types<uint8_t, uint16_t, uint32_t, uint64_t, std::complex<double>>());
  const auto wide = static_cast<ptrdiff_t>(size);
  each(2, [&](ptrdiff_t from_offset, ptrdiff_t to_offset) {
    plane.from = static_cast<const char*>(from) + from_offset * wide;
    plane.to = static_cast<char*>(to) + to_offset * wide;
    if (runs) {
      copy_rows(size, plane);
    } else {
      copy(plane);
    }
    return true;
  });
}

bool StridedCopy::run(ScalarType from_type, const void* from, ScalarType to_type, void* to) const {
  if (from_type == to_type) {
    run(size_of(from_type), from, to);
    return true;
  }
  const Dimension& inner = dimensions_[0];
  const auto from_size = static_cast<ptrdiff_t>(size_of(from_type));
  const auto to_size = static_cast<ptrdiff_t>(size_of(to_type));
  const ptrdiff_t at_once = inner.to == 1 ? inner.size : 1;
  bool known = true;
  each(1, [&](ptrdiff_t from_offset, ptrdiff_t to_offset) {
    const char* source = static_cast<const char*>(from) + from_offset * from_size;
    char* target = static_cast<char*>(to) + to_offset * to_size;
    for (ptrdiff_t at = 0; at < inner.size && known; at += at_once) {
      known = convert(from_type, source + at * inner.from * from_size, inner.from, to_type,
                      target + at * inner.to * to_size, at_once);
    }
    return known;
  });
  return known;
}

bool StridedCopy::add_up(ScalarType type, const void* from, void* to) const {
  const Dimension& inner = dimensions_[0];
  const auto size = static_cast<ptrdiff_t>(size_of(type));
  bool known = true;
  each(1, [&](ptrdiff_t from_offset, ptrdiff_t to_offset) {
    const char* source = static_cast<const char*>(from) + from_offset * size;
    char* target = static_cast<char*>(to) + to_offset * size;
    known = accumulate(type, source, inner.from, target, inner.to, inner.size);
    return known;
  });
  return known;
}

bool StridedCopy::run(KernelRuntimeContext& context, const Tensor& from, const Tensor& to, ptrdiff_t offset) const {
  if (run(from.scalar_type(), from.const_data_ptr(), to.scalar_type(), mutable_element(to, offset))) return true;
  ET_LOG(Error, "Dtype %d cannot be converted to %d", static_cast<int>(from.scalar_type()),
         static_cast<int>(to.scalar_type()));
  return refuse(context, Error::NotSupported);
}

bool copy_into(KernelRuntimeContext& context, const Tensor& from, const Tensor& to, ptrdiff_t offset) {
  if (from.numel() == 0 || from.const_data_ptr() == element(to, offset)) return true;
  StridedCopy copy;
  for (size_t dim = 0; dim < from.sizes().size(); ++dim) {
    copy.add(from.sizes()[dim], from.strides()[dim], to.strides()[dim]);
  }
  copy.collapse();
  if (from.scalar_type() != to.scalar_type()) return copy.run(context, from, to, offset);
  copy.run(size_of(to.scalar_type()), from.const_data_ptr(), mutable_element(to, offset));
  return true;
}

}  // namespace etbuild::kernels
