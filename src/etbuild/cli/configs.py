"""`--config=NAME`: named sets of flags from WORKSPACE and the user's own configuration file. The command line wins."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from etbuild.model.diagnostics import Diagnostic, EtbuildError, did_you_mean


def expand_configs(argv: Sequence[str], env: Mapping[str, str], cwd: Path) -> tuple[list[str], dict[str, str]]:
    """Return the words with each config's flags before the command line's own, and which config set each flag."""
    names = _config_names(argv)
    if not names:
        return list(argv), {}
    sets = _flag_sets(env, cwd)
    flags: list[str] = []
    origins: dict[str, str] = {}
    for name in names:
        if name not in sets:
            hint = did_you_mean(name, sets) or "declare it in WORKSPACE as [config.NAME] with flags = [...]"
            raise EtbuildError(Diagnostic("unknown-config", f"no config '{name}' is declared", hint=hint))
        origin, found = sets[name]
        flags += found
        origins.update({flag.partition("=")[0]: f"{origin} [config.{name}]" for flag in found})
    # Behind the verb and its verb, before all flags that were typed: of two, the last one wins.
    first = next(index for index, word in enumerate(argv) if word.startswith("-"))
    return [*argv[:first], *flags, *argv[first:]], origins


def _config_names(argv: Sequence[str]) -> list[str]:
    words = list(argv[: argv.index("--")] if "--" in argv else argv)
    names = [word.removeprefix("--config=") for word in words if word.startswith("--config=")]
    return names + [words[i + 1] for i, word in enumerate(words[:-1]) if word == "--config"]


def user_config(env: Mapping[str, str]) -> Path:
    """Return where the user's own configuration file is, if there is one."""
    home = env.get("XDG_CONFIG_HOME") or f"{env.get('HOME') or '/'}/.config"
    return Path(home, "etbuild", "config.toml")


def _flag_sets(env: Mapping[str, str], cwd: Path) -> dict[str, tuple[str, list[str]]]:
    """Return each config's origin and flags; the user's own file wins over WORKSPACE."""
    from etbuild.loading.workspace import find_workspace

    sets: dict[str, tuple[str, list[str]]] = {}
    for origin, path in (("WORKSPACE", find_workspace(cwd) / "WORKSPACE"), ("user", user_config(env))):
        if path.is_file():
            sets.update({name: (origin, flags) for name, flags in _flags_in(path, origin)})
    return sets


def _flags_in(path: Path, origin: str) -> Iterator[tuple[str, list[str]]]:
    from etbuild.loading.toml_text import parse_toml

    toml = parse_toml(path.read_bytes(), path.name if origin == "WORKSPACE" else str(path))
    table = toml.data.get("config", {})
    for name, one in table.items() if isinstance(table, dict) else ():
        flags = one.get("flags", []) if isinstance(one, dict) else None
        if not isinstance(flags, list) or not all(isinstance(flag, str) for flag in flags):
            message = f"config '{name}' must have flags = [ … ], a list of texts, has not"
            raise EtbuildError(Diagnostic("bad-config", message, toml.value_span(("config", name))))
        yield name, flags
