"""The examples of the documentation's pages give what the pages say."""

import doctest
import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize(("page", "least"), [("similarity", 20), ("decomposition", 5)])
def test_a_pages_examples_run(page, least):
    path = DOCS / f"{page}.md"
    text = re.sub(r"^```.*$", "", path.read_text(encoding="utf-8"), flags=re.M)
    examples = doctest.DocTestParser().get_doctest(text, {}, path.name, None, 0)
    assert len(examples.examples) >= least
    flags = doctest.NORMALIZE_WHITESPACE
    report = []
    found = doctest.DocTestRunner(optionflags=flags).run(examples, out=report.append)
    assert not found.failed, "".join(report)
