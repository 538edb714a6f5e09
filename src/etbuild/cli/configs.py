"""`--config=NAME`: named sets of flags from WORKSPACE and the user's own configuration file. The command line wins."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from etbuild.model.diagnostics import Diagnostic, EtbuildError, did_you_mean
from etbuild.model.frozen import frozen

if TYPE_CHECKING:
    from etbuild.loading.toml_text import TomlFile


@frozen
class FlagSet:
    """A `[config.NAME]`."""

    name: str
    origin: str
    """Whose file it stands in."""
    flags: tuple[str, ...]
    toml: TomlFile

    def __str__(self) -> str:
        return f"{self.origin} [config.{self.name}]"

    def mistake(self, message: str, index: int, hint: str | None = None) -> EtbuildError:
        """Return the mistake that one of the flags is."""
        span = self.toml.value_span(("config", self.name, "flags", index))
        return EtbuildError(Diagnostic("bad-config", f"config '{self.name}' must {message}", span, hint=hint))


def expand_configs(argv: Sequence[str], env: Mapping[str, str], cwd: Path) -> tuple[list[str], dict[str, str]]:
    """Return the words with each config's flags before the command line's own, and which config set each flag.

    A set serves several verbs: flags that this one has not are left out.
    """
    names = _config_names(argv)
    if not names:
        return list(argv), {}
    from etbuild.cli.known_flags import flags_of  # Most builds name no config.

    sets = _flag_sets(env, cwd)
    here = flags_of(argv)
    flags: list[str] = []
    origins: dict[str, str] = {}
    for name in names:
        if name not in sets:
            hint = did_you_mean(name, sets) or "declare it in WORKSPACE as [config.NAME] with flags = [...]"
            raise EtbuildError(Diagnostic("unknown-config", f"no config '{name}' is declared", hint=hint))
        for word, texts in _told_apart(sets[name]):
            if word in here:
                flags += texts
                origins[word] = str(sets[name])
    # Behind the verb and its verb, before all flags that were typed: of two, the last one wins.
    first = next(index for index, word in enumerate(argv) if word.startswith("-"))
    return [*argv[:first], *flags, *argv[first:]], origins


def _told_apart(of: FlagSet) -> Iterator[tuple[str, list[str]]]:
    """Yield each flag with all that it is written as, which may be a flag and its value. Raises `bad-config`."""
    from etbuild.cli.known_flags import BUILD, all_flags

    rest = iter(enumerate(of.flags))
    for index, text in rest:
        word = text.partition("=")[0] if text.startswith("--") else text[:2]
        known = BUILD if word in BUILD else all_flags()
        if word not in known:
            raise of.mistake(f"hold flags of etbuild, '{text}' is none", index, did_you_mean(word, known))
        if word == "--config":
            raise of.mistake(f"name no other config, '{text}' does", index, "--config may be given again and again")
        value = [next(rest, (0, ""))[1]] if known[word] and text == word else []
        if value == [""]:
            raise of.mistake(f"give '{text}' a value, gives none", index)
        yield word, [text, *value]


def _config_names(argv: Sequence[str]) -> list[str]:
    words = list(argv[: argv.index("--")] if "--" in argv else argv)
    names = [word.removeprefix("--config=") for word in words if word.startswith("--config=")]
    return names + [words[i + 1] for i, word in enumerate(words[:-1]) if word == "--config"]


def user_config(env: Mapping[str, str]) -> Path:
    """Return where the user's own configuration file is, if there is one."""
    home = env.get("XDG_CONFIG_HOME") or f"{env.get('HOME') or '/'}/.config"
    return Path(home, "etbuild", "config.toml")


def _flag_sets(env: Mapping[str, str], cwd: Path) -> dict[str, FlagSet]:
    """Return each config; the user's own file wins over WORKSPACE."""
    from etbuild.loading.workspace import find_workspace

    sets: dict[str, FlagSet] = {}
    for origin, path in (("WORKSPACE", find_workspace(cwd) / "WORKSPACE"), ("user", user_config(env))):
        if path.is_file():
            sets.update({each.name: each for each in _sets_in(path, origin)})
    return sets


def _sets_in(path: Path, origin: str) -> Iterator[FlagSet]:
    from etbuild.loading.toml_text import parse_toml

    toml = parse_toml(path.read_bytes(), path.name if origin == "WORKSPACE" else str(path))
    table = toml.data.get("config", {})
    for name, one in table.items() if isinstance(table, dict) else ():
        flags = one.get("flags") if isinstance(one, dict) and one.keys() == {"flags"} else None
        if not isinstance(flags, list) or not all(isinstance(flag, str) for flag in flags):
            message = f"config '{name}' must have flags = [ … ], a list of texts, and nothing else, has not"
            raise EtbuildError(Diagnostic("bad-config", message, toml.value_span(("config", name))))
        yield FlagSet(name, origin, tuple(flags), toml)
