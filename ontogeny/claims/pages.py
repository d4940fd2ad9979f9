"""Pages of HTML that open by themselves, from Markdown."""

from __future__ import annotations

from html import escape

STYLE = """\
body { font: 15px/1.4 system-ui, sans-serif; margin: 2em; color: #111; }
table { border-collapse: collapse; margin: 1em 0 2em; }
th, td { border: 1px solid #bbb; padding: .3em .6em; text-align: left;
         vertical-align: top; }
th { background: #eee; }
"""


def to_html(markdown: str, *, title: str) -> str:
    """Render Markdown, tables and line breaks in their cells included.

    Args:
        markdown: Made by ourselves: its HTML is passed through.
        title: Of the page, for the browser's tab.

    >>> print(to_html("A *page*.", title="Pages"))  # doctest: +ELLIPSIS
    <!DOCTYPE html>
    ...
    <p>A <em>page</em>.</p>
    </body></html>
    """
    from markdown_it import MarkdownIt

    renderer = MarkdownIt("commonmark", {"html": True}).enable("table")
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title><style>\n{STYLE}</style></head><body>\n"
        f"{renderer.render(markdown)}</body></html>\n"
    )
