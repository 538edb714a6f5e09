// Kernels compiled against this serve every dtype that they can. et_selected_kernels puts a generated header in its
// place.

#pragma once

namespace {

inline constexpr bool kEverything = true;
inline constexpr unsigned long long kDtypes = 0;  // A bit each, by ScalarType; here not asked.

}  // namespace
