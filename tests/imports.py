"""What a file imports, as it is written there."""

import ast


def imports(path):
    """Modules that a file imports, wherever in it; of `from a import b` a and a.b."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: the digest follows no relative import"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
