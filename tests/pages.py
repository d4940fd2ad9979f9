"""Pages of docs/: the code that they show or are made by, and the logs in them."""

import re
import textwrap
from importlib.util import module_from_spec, spec_from_file_location


def maker(path):
    """The module, a file of docs/, that makes pages."""
    spec = spec_from_file_location(path.stem, path)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def blocks(page, kind):
    """The code blocks of a page, of one kind ("" for commands)."""
    text = page.read_text(encoding="utf-8")
    found = re.findall(r"^ *```(\w*)\n(.*?)^ *```$", text, re.M | re.S)
    return [textwrap.dedent(block) for name, block in found if name == kind]


def write_section(page, name, text):
    """Replace what stands between two markers of a page."""
    begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
    before, _, rest = page.read_text(encoding="utf-8").partition(begin)
    _, marker, after = rest.partition(end)
    assert marker, f"{page} has no section {name}"
    page.write_text(f"{before}{begin}{text}\n{end}{after}", encoding="utf-8")
