"""Logs of long trials, written into the pages that speak of them."""


def write_section(page, name, text):
    """Replace what stands between two markers of a page."""
    begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
    before, _, rest = page.read_text(encoding="utf-8").partition(begin)
    _, marker, after = rest.partition(end)
    assert marker, f"{page} has no section {name}"
    page.write_text(f"{before}{begin}{text}\n{end}{after}", encoding="utf-8")
