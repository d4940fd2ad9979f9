"""A fingerprint of code: of a script and of the package's modules it uses.

The workflow puts it among a rule's parameters, so that a job runs again when
code that it depends on has changed, and not when only prose has.
"""

from __future__ import annotations

import ast
from functools import cache
from hashlib import sha256
from pathlib import Path

PACKAGE = Path(__file__).parents[1]
_DOCUMENTED = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def code_digest(script: str | Path, *modules: str) -> str:
    """Hash a script and, through its imports, the package's modules behind it.

    Syntax trees are hashed, without docstrings and comments. The package's own
    `__init__` is left out: it holds the version, which changes no result.

    Args:
        script: A Python file.
        *modules: Of the package, which it imports only when it runs.

    Returns:
        Hexadecimal, 16 digits.
    """
    code, imported = _read(Path(script))
    read: dict[str, str] = {}
    waiting = {*imported, *modules}
    while waiting:
        name = waiting.pop()
        path = module_file(name)
        if name not in read and path is not None:
            read[name], imported = _read(path)
            waiting |= imported
            # Importing a module runs the packages around it.
            waiting |= {name.rpartition(".")[0]} - {"ontogeny"}
    together = [code, *(read[name] for name in sorted(read))]
    return sha256("\n".join(together).encode()).hexdigest()[:16]


@cache  # one module is behind many scripts
def _read(path: Path) -> tuple[str, frozenset[str]]:
    """A file's syntax tree as text, without its prose, and what it imports."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, _DOCUMENTED) and ast.get_docstring(node) is not None:
            node.body = node.body[1:]
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
            # Some of these may be functions: no module is found for them.
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    ours = frozenset(name for name in names if name.startswith("ontogeny."))
    return ast.dump(tree), ours


def module_file(name: str) -> Path | None:
    """Where a module of the package is; None if there is none of that name."""
    base = PACKAGE.joinpath(*name.split(".")[1:])
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.is_file():
            return path
    return None
