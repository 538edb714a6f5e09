// The registry of backends; it runs on the official library, too.

#include <executorch/runtime/backend/interface.h>

#include <cstdio>
#include <cstring>

#include "check.h"

namespace {

using executorch::runtime::ArrayRef;
using executorch::runtime::BackendExecutionContext;
using executorch::runtime::BackendInitContext;
using executorch::runtime::BackendInterface;
using executorch::runtime::BackendOption;
using executorch::runtime::BackendOptionContext;
using executorch::runtime::BackendOptions;
using executorch::runtime::CompileSpec;
using executorch::runtime::DelegateHandle;
using executorch::runtime::Error;
using executorch::runtime::EValue;
using executorch::runtime::FreeableBuffer;
using executorch::runtime::get_backend_class;
using executorch::runtime::get_backend_name;
using executorch::runtime::get_num_registered_backends;
using executorch::runtime::register_backend;
using executorch::runtime::Result;
using executorch::runtime::Span;

// Keeps one option.
class Keeper final : public BackendInterface {
 public:
  bool is_available() const override { return true; }
  Result<DelegateHandle*> init(BackendInitContext&, FreeableBuffer*, ArrayRef<CompileSpec>) const override {
    return Error::NotSupported;
  }
  Error execute(BackendExecutionContext&, DelegateHandle*, Span<EValue*>) const override { return Error::Ok; }
  Error set_option(BackendOptionContext&, const Span<BackendOption>& options) override {
    if (options.size() != 1) return Error::InvalidArgument;
    kept_ = options[0];
    return Error::Ok;
  }
  Error get_option(BackendOptionContext&, Span<BackendOption>& options) override {
    options[0].value = kept_.value;
    return Error::Ok;
  }

 private:
  BackendOption kept_;
};

Keeper keeper;
Keeper other;

TEST(a_backend_is_found_by_its_name) {
  CHECK(get_num_registered_backends() == 0);
  CHECK(get_backend_class("one") == nullptr);
  CHECK(register_backend({"one", &keeper}) == Error::Ok);
  CHECK(register_backend({"one", &other}) == Error::InvalidArgument);
  CHECK(get_num_registered_backends() == 1);
  CHECK(get_backend_class("one") == &keeper);
  CHECK(get_backend_class("on") == nullptr);
  CHECK(std::strcmp(*get_backend_name(0), "one") == 0);
  CHECK(get_backend_name(1).error() == Error::InvalidArgument);
}

TEST(options_reach_their_backend) {
  BackendOptions<1> options;
  CHECK(options.set_option("threads", 3) == Error::Ok);
  CHECK(executorch::runtime::set_option("one", options.view()) == Error::Ok);
  BackendOptions<1> asked;
  CHECK(asked.set_option("threads", 0) == Error::Ok);
  CHECK(executorch::runtime::get_option("one", asked.view()) == Error::Ok);
  int threads = 0;
  CHECK(asked.get_option("threads", threads) == Error::Ok && threads == 3);

  CHECK(executorch::runtime::set_option("one", Span<BackendOption>()) == Error::InvalidArgument);
  CHECK(executorch::runtime::set_option("none", options.view()) == Error::NotFound);
  CHECK(executorch::runtime::get_option("none", options.view()) == Error::NotFound);
}

TEST(there_is_room_for_sixteen) {
  static char names[16][8];
  size_t count = get_num_registered_backends();
  for (char(&name)[8] : names) {
    std::snprintf(name, sizeof(name), "b%d", static_cast<int>(count));  // Small C libraries know no z.
    const Error error = register_backend({name, &other});
    CHECK(error == (count < 16 ? Error::Ok : Error::Internal));
    if (error == Error::Ok) ++count;
  }
  CHECK(get_num_registered_backends() == 16);
}

#ifndef OFFICIAL_RUNTIME
TEST(a_backend_without_a_name_is_refused) { CHECK(register_backend({nullptr, &other}) == Error::InvalidArgument); }
#endif

}  // namespace

TEST_MAIN()
