"""The examples of docs/similarity.md give what the page says."""

import doctest
import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "similarity.md"


def test_the_pages_examples_run():
    text = re.sub(r"^```.*$", "", PAGE.read_text(encoding="utf-8"), flags=re.M)
    examples = doctest.DocTestParser().get_doctest(text, {}, PAGE.name, None, 0)
    assert len(examples.examples) > 20
    flags = doctest.NORMALIZE_WHITESPACE
    report = []
    found = doctest.DocTestRunner(optionflags=flags).run(examples, out=report.append)
    assert not found.failed, "".join(report)
