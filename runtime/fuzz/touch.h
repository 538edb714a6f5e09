// Reads all that a value refers to, so that a sanitizer sees whether it is there.

#pragma once

#include <executorch/runtime/core/evalue.h>
#include <executorch/runtime/core/named_data_map.h>

namespace etbuild::testing {

// Each byte of tensors (also of those in lists), texts and lists; each element by its strides, too.
void touch(const executorch::runtime::EValue& value);

// A tensor alone; writes each byte, as it was, if `write`.
void touch(const executorch::aten::Tensor& tensor, bool write);

// The first few keys' layouts and data, loaded both ways.
void touch(const executorch::runtime::NamedDataMap& map);

// What the bytes add up to: so that no compiler leaves the reading out.
unsigned touched();

}  // namespace etbuild::testing
