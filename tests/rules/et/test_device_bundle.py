"""device_bundle: what is run, joined and judged for which device, and what of it is a mistake."""

from __future__ import annotations

from typing import Any

import pytest

from etbuild.api import Artifact, DefaultInfo, EtbuildError
from etbuild.testing import Analyzed, analyze
from rules.et.device_bundle import device_bundle
from rules.et.providers import ImageInfo

M0, M55 = "@etbuild//toolchains/platforms:cortex_m0", "//own:m55"


def made(name: str) -> Artifact:
    return Artifact(f"app/{name}", "given")


IMAGE = ImageInfo(made("app.sizes.json"), (("flash", 4096),), made("run.json"))
TEST = ImageInfo(made("test.sizes.json"), (), made("test_run.json"))


def bundle(*, image: ImageInfo = IMAGE, platforms: tuple[str, ...] = ("cortex_m0", M55), **attrs: Any) -> Analyzed:
    return analyze(
        device_bundle,
        {"image": "//app", "platforms": platforms, **attrs},
        deps={"//app": [image], "//app:test": [TEST]},
        named=(M0, M55),
        label="//a:all",
    )


def words_after(analyzed: Analyzed, flag: str, count: int) -> list[tuple[str, ...]]:
    argv = analyzed.action("EtDeviceTable").argv
    return [argv[at + 1 : at + 1 + count] for at, word in enumerate(argv) if word == flag]


def test_each_device_is_a_row_of_its_sizes_its_run_and_its_test() -> None:
    found = bundle(test="//app:test")
    rows = ("app/app.sizes.json", "app/run.json", "app/test_run.json")
    assert words_after(found, "--device", 4) == [("cortex_m0", *rows), ("m55", *rows)]
    assert words_after(found, "--budget", 3) == [("cortex_m0", "flash", "4096"), ("m55", "flash", "4096")]
    # Without a test the image says itself how far it is off.
    assert words_after(bundle(), "--device", 4)[0] == ("cortex_m0", rows[0], rows[1], rows[1])


def test_the_table_is_placed_only_if_all_devices_pass() -> None:
    info = bundle().get(DefaultInfo)
    assert [file.path for file in (*info.files, *info.beside)] == ["a/all.txt", "a/all.json", "a/all.html"]
    assert [file.path for file in info.validations] == ["a/_et/all/devices.json"]


@pytest.mark.parametrize(
    ("platforms", "message"),
    [
        (("cortex_m0", M0), "must name each platform once, names 'cortex_m0' more than once"),
        ((), "must name a platform, is empty"),
        (("host",), 'must be a device, is "host": name the platform, such as "linux_x86_64"'),
    ],
)
def test_platforms_are_devices_each_named_once(platforms: tuple[str, ...], message: str) -> None:
    with pytest.raises(EtbuildError) as caught:
        bundle(platforms=platforms)
    [diagnostic] = caught.value.diagnostics
    assert diagnostic.code == "wrong-value"
    assert diagnostic.message.endswith(message)


def test_an_emulator_that_is_not_installed_is_named_with_its_device() -> None:
    with pytest.raises(EtbuildError) as caught:
        bundle(image=ImageInfo(made("app.sizes.json"), (), None, "'//app' needs 'qemu', which is not installed"))
    [diagnostic] = caught.value.diagnostics
    assert diagnostic.code == "missing-program"
    assert diagnostic.message == "'//a:all' needs what runs programs for 'cortex_m0', which is not installed"
    assert diagnostic.notes == ("'//app' needs 'qemu', which is not installed",)
