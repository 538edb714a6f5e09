"""One BUILD.toml → its targets, or all its mistakes at once. Knows nothing of other packages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from etbuild.loading.attribute_values import UnreadableError, read_attribute
from etbuild.loading.common_attributes import COMMON, PackageAttrs
from etbuild.loading.folders import Folders
from etbuild.loading.globs import expand_glob
from etbuild.loading.matrix import expand_matrix
from etbuild.loading.package_scope import Origins, PackageScope, spans_below
from etbuild.loading.targets import Written, read_target
from etbuild.loading.toml_spans import TomlPath
from etbuild.loading.toml_text import TomlFile, parse_toml
from etbuild.loading.validation import Subject, refusals
from etbuild.loading.visibility import parse_visibility
from etbuild.model.attrs import check_table
from etbuild.model.attrs_schema import attributes_of
from etbuild.model.diagnostics import Diagnostic, EtbuildError, did_you_mean
from etbuild.model.frozen import field, frozen, mutable, replace
from etbuild.model.label import Label, Pattern, parse_label
from etbuild.model.rule import Rule
from etbuild.model.target import TargetSpec
from etbuild.model.validator import ValidationError


@mutable
class Package:
    """A folder of the workspace or of a repository, with its targets."""

    repository: str
    name: str
    folder: str
    """Absolute path."""
    targets: Mapping[str, TargetSpec] = field(default_factory=dict)
    broken: frozenset[str] | None = frozenset()
    """Names of targets with mistakes; None if any name may be meant: the file does not parse."""
    exports: frozenset[str] | None = frozenset()
    """Files that other packages may name; None for all of them."""
    mistakes: tuple[Diagnostic, ...] = ()
    output_file: Rule[Any] | None = None
    """The rule of a target that stands for one file which another makes."""
    _makers: Mapping[str, TargetSpec] | None = None

    def target(self, name: str) -> TargetSpec | None:
        """Return the target of that name, or one for the file of that name which a target makes."""
        found = self.targets.get(name)
        if found is None and self.output_file is not None:
            if self._makers is None:
                makers = (spec for spec in self.targets.values() if spec.rule.outs and spec.attrs is not None)
                self._makers = {file: spec for spec in makers for file in getattr(spec.attrs, spec.rule.outs)}
            if (maker := self._makers.get(name)) is not None:
                return _file_of(maker, name, self.output_file)
        return found

    def is_broken(self, name: str) -> bool:
        """Tell whether a target of that name is declared, but has mistakes."""
        return self.broken is None or name in self.broken


def _file_of(maker: TargetSpec, name: str, rule: Rule[Any]) -> TargetSpec:
    """Return the target that stands for the file `name`, which `maker` makes."""
    attrs = rule.attrs(maker=maker.label)
    label, dependencies = replace(maker.label, name=name), (maker.label,)
    return replace(maker, label=label, rule=rule, raw={}, attrs=attrs, dependencies=dependencies)


@frozen
class PackageSource:
    """What a package is read from."""

    repository: str
    name: str
    folder: str
    content: bytes
    shown: str
    """What messages call the BUILD.toml."""


def read_package(source: PackageSource, rules: Mapping[str, Rule[Any]], own: str, folders: Folders) -> Package:
    """Return the package; its mistakes are in it. `own` is the workspace's name."""
    package = Package(source.repository, source.name, source.folder, output_file=rules.get("output_file"))
    try:
        toml = parse_toml(source.content, source.shown)
    except EtbuildError as error:
        package.broken, package.mistakes = None, error.diagnostics
        return package
    base = Label(source.repository, source.name, "BUILD.toml")
    scope = PackageScope(base, own, toml, lambda match, exclude: expand_glob(folders, source.folder, match, exclude))
    _PackageReader(scope, rules, package).read()
    package.mistakes = tuple(scope.mistakes)
    return package


class _PackageReader:
    """Reads the tables of one file into a Package."""

    def __init__(self, scope: PackageScope, rules: Mapping[str, Rule[Any]], package: Package) -> None:
        self.scope = scope
        self.toml: TomlFile = scope.toml
        self.rules = rules
        self.package = package
        self.visibility: tuple[Pattern, ...] = ()
        self.defaults: Mapping[str, Mapping[str, Any]] = {}
        self.targets: dict[str, TargetSpec] = {}
        self.declared: dict[str, TomlPath] = {}
        self.broken: set[str] = set()

    def read(self) -> None:
        """Read `[package]`, then every target."""
        if "package" in self.toml.data:
            self.read_package_table(self.toml.data["package"])
        for written in self.written_targets():
            spec = read_target(self.scope, written, self.visibility)
            if spec is None:
                self.broken.add(written.label.name)
            else:
                self.targets[written.label.name] = spec
        self.package.targets, self.package.broken = self.targets, frozenset(self.broken)

    def read_package_table(self, table: Any) -> None:
        if not isinstance(table, dict):
            self.scope.mistake("wrong-type", "'package' must be a table", self.toml.value_span(("package",)))
            return
        try:
            raw = {key: self.read_package_value(key, value) for key, value in table.items()}
            attrs = check_table(PackageAttrs, raw)
            self.visibility = parse_visibility(attrs.visibility, self.scope.base, self.scope.own)
        except UnreadableError:
            return
        except ValidationError as error:
            subject = Subject("[package]", PackageAttrs, *spans_below(self.toml, Origins(("package",))))
            self.scope.mistakes += refusals(error, raw, subject)
            return
        except EtbuildError as error:
            span = self.toml.value_span(("package", "visibility"))
            self.scope.mistakes += [Diagnostic(d.code, d.message, span) for d in error.diagnostics]
            return
        self.package.exports = frozenset(name.removeprefix(":") for name in attrs.exports)
        self.defaults = {rule: table["defaults"][rule] for rule in attrs.defaults if self.checks_defaults(rule)}

    def read_package_value(self, key: str, value: Any) -> Any:
        # Defaults are read where a target takes them: there the rule's schema says what they are.
        return value if key == "defaults" else read_attribute(self.scope, value, ("package", key))[0]

    def checks_defaults(self, name: str) -> bool:
        """Tell whether the rule exists and has the attributes that defaults are given for."""
        path: TomlPath = ("package", "defaults", name)
        rule = self.rules.get(name)
        if rule is None:
            self.unknown_rule(name, path)
            return False
        unknown = [key for key in self.toml.data["package"]["defaults"][name] if not _takes(rule, key)]
        for key in unknown:
            hint = did_you_mean(key, (*attributes_of(rule.attrs), *COMMON))
            span = self.toml.key_span((*path, key))
            self.scope.mistake("unknown-attribute", f"{name} has no attribute '{key}'", span, hint=hint)
        return not unknown

    def written_targets(self) -> Iterator[Written]:
        """Yield each target of the file, a matrix's too, in the order of the file's rules."""
        for rule_name, tables in self.toml.data.items():
            if rule_name == "package":
                continue
            rule = self.rules.get(rule_name)
            if rule is None:
                self.unknown_rule(rule_name, (rule_name,))
                self.broken.update(tables if isinstance(tables, dict) else ())
            elif not isinstance(tables, dict):
                self.no_table(rule_name, (rule_name,), tables)
            else:
                for name, table in tables.items():
                    yield from self.written_target(rule, name, table)

    def written_target(self, rule: Rule[Any], name: str, table: Any) -> Iterator[Written]:
        path: TomlPath = (rule.name, name)
        if not isinstance(table, dict):
            self.no_table(rule.name, path, table)
            return
        try:
            label = parse_label(f":{name}", self.scope.base)
        except EtbuildError:
            what = f"'{name}' is no name of a target"
            self.scope.mistake("bad-label", what, self.toml.key_span(path))
            return
        defaults = self.defaults.get(rule.name)
        origins = Origins(path)
        if defaults:
            attributes = {key: ("package", "defaults", rule.name, key) for key in defaults if key not in table}
            table, origins = {**defaults, **table}, Origins(path, attributes, shared=frozenset(attributes))
        written = Written(label, rule, table, origins)
        if "matrix" in table and "matrix" not in attributes_of(rule.attrs):
            for one in expand_matrix(self.scope, written, self.rules.get("alias_group")):
                if self.is_new(one.label.name, path):
                    yield one
            self.broken.add(name)
        elif self.is_new(name, path):
            yield written

    def is_new(self, name: str, path: TomlPath) -> bool:
        """Note the name; tell whether no other target has it."""
        first = self.declared.setdefault(name, path)
        if first is path:
            return True
        span, before = self.toml.value_span(path), self.toml.value_span(first)
        message = f"a name must be given once in a package, '{name}' is given to a {first[0]} and a {path[0]}"
        note = f"the first stands at {before.file}:{before.line}:{before.column}: {before.text.strip()}"
        self.scope.mistakes.append(Diagnostic("duplicate-target", message, span, notes=(note,)))
        return False

    def unknown_rule(self, name: str, path: TomlPath) -> None:
        hint = did_you_mean(name, (*self.rules, "package"))
        if hint is None and self.rules:
            hint = "the families that WORKSPACE lists have " + ", ".join(sorted(self.rules))
            hint += "; docs/rules.md tells the family of each"
        self.scope.mistake("unknown-rule", f"no rule '{name}'", self.toml.key_span(path), hint=hint)

    def no_table(self, rule: str, path: TomlPath, value: Any) -> None:
        shown = ".".join(str(part) for part in path)
        what = (
            f"a target must be a table [{rule}.name], '{shown}' is a {'list' if isinstance(value, list) else 'value'}"
        )
        self.scope.mistake(
            "wrong-type", what, self.toml.key_span(path), hint=f"write [{rule}.name] above its attributes"
        )


def _takes(rule: Rule[Any], key: str) -> bool:
    return key in attributes_of(rule.attrs) or key in COMMON
