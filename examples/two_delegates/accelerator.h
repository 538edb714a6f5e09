// A backend as a driver of an accelerator would be: a job is handed over, a flag says when it is done. Here a thread
// stands for the device; it adds 1 to each number, and takes its time.

#pragma once

#include "runtime/extension/polling/polling.h"

class Accelerator final : public etbuild::PollingBackend {
 public:
  bool is_available() const override { return true; }

  executorch::runtime::Result<executorch::runtime::DelegateHandle*> init(
      executorch::runtime::BackendInitContext& context, executorch::runtime::FreeableBuffer* processed,
      executorch::runtime::ArrayRef<executorch::runtime::CompileSpec> specs) const override;

  executorch::runtime::Error start(executorch::runtime::BackendExecutionContext& context,
                                   executorch::runtime::DelegateHandle* handle,
                                   executorch::runtime::Span<executorch::runtime::EValue*> args) const override;

  executorch::runtime::Result<bool> poll(executorch::runtime::DelegateHandle* handle) const override;

  void destroy(executorch::runtime::DelegateHandle* handle) const override;

  // How many have been at work at once since the last call.
  static int most_at_work();
};
