"""A fingerprint of code: of a script and of the package's modules it uses.

The workflow puts it among a rule's parameters, so that a job runs again when
code that it depends on has changed, and not when only prose has. A file counts
as its syntax tree, in a form of our own that is the same under every Python,
without

- comments, layout, docstrings and other strings that stand alone;
- the text of messages: strings, also those around the expressions of an
  f-string, that are given to `InputError(…)`, `logger.….(…)` and `logging.….(…)`;
- imports for type checkers alone.

Imports are followed wherever they stand, but not to modules that decide no result
(`LEFT_OUT`), nor to the package's own `__init__`, which holds the version.
"""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path

PACKAGE = Path(__file__).parents[1]

LEFT_OUT = frozenset(
    f"ontogeny.{name}"
    for name in ["errors", "studies.names", "running.jobs", "running.alone",
                 "running.locks", "running.sums", "running.digest"]
)  # fmt: skip
"""How a job is run, what people are told, and which studies there are."""

_LOGGERS = {"logger", "logging"}
_PARTS_OF_TEXT = ast.Constant | ast.JoinedStr | ast.BinOp | ast.IfExp
_SAYS_NOTHING = {"ctx", "kind", "type_comment", "type_ignores"}


def code_digest(script: str | Path, *modules: str) -> str:
    """Hash a script and, through its imports, the package's modules behind it.

    Args:
        script: A Python file.
        *modules: Of the package, which it imports only when it runs.

    Returns:
        Hexadecimal, 16 digits.
    """
    behind = modules_behind(script, *modules, left_out=LEFT_OUT)
    together = [_read(Path(script))[0], *(behind[name] for name in sorted(behind))]
    return sha256("\n".join(together).encode()).hexdigest()[:16]


def modules_behind(
    path: str | Path, *modules: str, left_out: frozenset[str] = frozenset()
) -> dict[str, str]:
    """The package's modules that a file imports, directly or not, each with its hash.

    Args:
        path: A Python file.
        *modules: Of the package, which it imports only when it runs.
        left_out: Modules that are not followed.
    """
    read: dict[str, str] = {}
    waiting = {*_read(Path(path))[1], *modules}
    while waiting:
        name = waiting.pop()
        file = None if name in read or name in left_out else module_file(name)
        if file is not None:
            read[name], imported = _read(file)
            # Importing a module runs the packages around it.
            waiting |= imported | {name.rpartition(".")[0]} - {"ontogeny"}
    return read


def module_file(name: str) -> Path | None:
    """Where a module of the package is; None if there is none of that name."""
    base = PACKAGE.joinpath(*name.split(".")[1:])
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.is_file():
            return path
    return None


@cache  # one module is behind many scripts
def _read(path: Path) -> tuple[str, frozenset[str]]:
    """The hash of a file's code, and the package's modules that it imports.

    Kept beside the file, as Python keeps what it compiles, by the bytes of both: syntax
    trees are a third of the time that it takes to plan a run.
    """
    source = path.read_bytes()
    of = sha256(_own_source() + source).hexdigest()
    beside = path.parent / "__pycache__" / f"{path.name}.digest"
    try:
        kept_of, checksum, code, *names = beside.read_text(encoding="utf-8").split()
    except (OSError, ValueError):
        kept_of = checksum = code = ""
        names = []
    if kept_of != of or checksum != _checksum(code, names):
        code, names = _parse(source)
        if not sys.dont_write_bytecode:
            with suppress(OSError):  # a repository that only its owner may write
                beside.parent.mkdir(exist_ok=True)
                # Renamed when whole: another process may read it meanwhile.
                part = beside.with_name(f"{beside.name}.{os.getpid()}")
                told = " ".join([of, _checksum(code, names), code, *names])
                part.write_text(told, encoding="utf-8")
                part.replace(beside)
    # Some are functions: no module is found for them.
    return code, frozenset(filter(module_file, names))


def _checksum(code: str, names: list[str]) -> str:
    return sha256(" ".join([code, *names]).encode()).hexdigest()


@cache
def _own_source() -> bytes:
    return Path(__file__).read_bytes()


def _parse(source: bytes) -> tuple[str, list[str]]:
    """The hash of code, and names in the package that it imports."""
    names: set[str] = set()
    text = _text(ast.parse(source), names)
    ours = sorted(name for name in names if name.startswith("ontogeny."))
    return sha256(text.encode()).hexdigest(), ours


def _text(part: object, names: set[str], message: bool = False) -> str:
    """A part of a syntax tree as text; what it imports is added to `names`.

    `ast.dump` will not do: what it says of equal code differs between Pythons.

    Args:
        part: A node, a list of nodes or what a node holds.
        names: Modules, and names in them.
        message: Whether strings are text of a message.
    """
    if isinstance(part, list):
        told = [_text(one, names, message) for one in _counting(part, message)]
        return f"[{' '.join(told)}]" if told else ""
    if part is None or (message and isinstance(part, str)):
        return ""
    if not isinstance(part, ast.AST):
        return ascii(part)
    if isinstance(part, ast.Import):
        names |= {alias.name for alias in part.names}
    elif isinstance(part, ast.ImportFrom) and part.module and not part.level:
        names |= {part.module, *(f"{part.module}.{alias.name}" for alias in part.names)}
    elif isinstance(part, ast.JoinedStr):  # Python 3.12.1 has empty strings there
        part.values = [one for one in part.values if getattr(one, "value", 1) != ""]
    says = _says(part) or (message and isinstance(part, _PARTS_OF_TEXT))
    fields = (
        f"{field}={text}"
        for field in part._fields
        if field not in _SAYS_NOTHING
        and (text := _text(getattr(part, field, None), names, says))
    )
    return f"{type(part).__name__}({' '.join(fields)})"


def _counting(nodes: list[ast.AST], message: bool) -> Iterator[ast.AST]:
    """Those of a list of nodes that decide something."""
    for node in nodes:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in (
            getattr(node.test, "id", None), getattr(node.test, "attr", None)
        ):  # fmt: skip
            yield from node.orelse
            continue
        string = node.value if isinstance(node, ast.Expr) else message and node
        if not (isinstance(string, ast.Constant) and isinstance(string.value, str)):
            yield node


def _says(node: ast.AST) -> bool:
    """Whether a node is a call that people are told something by."""
    if not isinstance(node, ast.Call):
        return False
    of = getattr(node.func, "value", None)
    return getattr(node.func, "id", None) == "InputError" or (
        isinstance(of, ast.Name) and of.id in _LOGGERS
    )
