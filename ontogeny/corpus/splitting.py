"""Where sentences end, in raw and in tokenised text.

There are two ways, `corpus.sentences` of a config. By 1, any mark after a sentence's
end belongs to it; by 2, marks that open what comes next do not. What was made by 1
stays comparable.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

from ontogeny.errors import InputError, one_line

if TYPE_CHECKING:
    from spacy.tokens import Doc

FORGET_AFTER = 5_000_000
"""Characters after which spaCy's memory of words begins anew."""

Splitter = Callable[[Iterable[str]], Iterator[list[list[str]]]]
"""Turns each paragraph into its sentences, each a list of tokens."""

_ENDS = {1: frozenset(".!?")}
# Of Chinese and Japanese, Devanagari, Arabic and Urdu, Armenian, and full width.
_ENDS[2] = _ENDS[1] | frozenset(
    "\u3002\uff61\uff01\uff1f\uff0e\u0964\u0965\u061f\u06d4\u0589"
)
_CLOSING_QUOTES = frozenset(['"', "''", "'", "”", "’", "»"])
# By their names in Unicode; German has „…“ and »…«.
_SINGLE = "\N{LEFT SINGLE QUOTATION MARK}", "\N{RIGHT SINGLE QUOTATION MARK}"
_LOW = "\N{SINGLE LOW-9 QUOTATION MARK}"
_LEFT = "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}"
_RIGHT = "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}"
_WIDE = "\N{FULLWIDTH LEFT PARENTHESIS}", "\N{FULLWIDTH RIGHT PARENTHESIS}"
_BRACKETS = {"(": ")", "[": "]", "{": "}", "-LRB-": "-RRB-", "-LSB-": "-RSB-"}
_BRACKETS |= {
    "「": "」",
    "『": "』",
    "《": "》",
    "〈": "〉",
    "【": "】",
    _WIDE[0]: _WIDE[1],
}
_QUOTES: dict[str, tuple[str, ...]] = {
    **{"“": ("”",), "„": ("“", "”"), _SINGLE[0]: (_SINGLE[1],), _LOW: _SINGLE},
    **{"«": ("»",), "»": ("«",), _LEFT: (_RIGHT,), _RIGHT: (_LEFT,)},
    **{
        "``": ("''",),
        '"': ('"',),
        "'": ("'",),
        "''": (),
        "”": ("”",),
        _SINGLE[1]: _SINGLE,
    },
}
_CLOSED_BY = {**_QUOTES, **{mark: (by,) for mark, by in _BRACKETS.items()}}
_CLOSED_BY |= dict.fromkeys(_BRACKETS.values(), ())
_CLOSING_BY_SHAPE = {*_BRACKETS.values(), "'", "''", "”", _SINGLE[1]}
_ANGLES = {"«", "»", _LEFT, _RIGHT}
_SPANISH = {"¿", "¡"}
_DASHES = {"\N{EM DASH}", "\N{EN DASH}", "-", "--"}


def split_at_marks(
    paragraphs: Iterable[str], way: int = 2
) -> Iterator[list[list[str]]]:
    """Sentences of tokenised text: tokens stand between blanks.

    A sentence ends after `.`, `!` or `?` and what closes a quote or, by way 2, a
    bracket; or with the line. By way 2 the marks of other scripts end it, too.

    Args:
        paragraphs: Lines of tokens.
        way: 1: every quote after an end closes. 2: it opens what comes next if its
            shape says so, or, if that is no help, if none is open in the line.

    >>> text = ['He said " No . " ( He left . ) " Why ? "']
    >>> [" ".join(sentence) for sentence in next(split_at_marks(text))]
    ['He said " No . "', '( He left . )', '" Why ? "']
    """
    for paragraph in paragraphs:
        sentences: list[list[str]] = []
        for line in paragraph.split("\n"):
            sentences.append([])
            ended = False
            tokens = line.split()
            closes = (
                [token in _CLOSING_QUOTES for token in tokens]
                if way == 1
                else [kind < 0 for kind in _kinds(tokens)]
            )
            for token, stays in zip(tokens, closes, strict=True):
                if ended and not stays:
                    sentences.append([])
                    ended = False
                sentences[-1].append(token)
                ended = ended or token in _ENDS[way]
        yield [sentence for sentence in sentences if sentence]


def _kinds(
    tokens: Sequence[str], blanks: Sequence[tuple[bool, bool]] | None = None
) -> list[int]:
    """Of each token 1 if it opens what follows, −1 if it closes, else 0.

    Args:
        tokens: Of a line or paragraph.
        blanks: Whether there is one before and behind each; None: there always is.
    """
    kinds = []
    opened: list[tuple[str, ...]] = []
    for index, token in enumerate(tokens):
        before, after = blanks[index] if blanks else (True, True)
        if token in _SPANISH or (blanks and token in _DASHES):
            kinds.append(int(token in _SPANISH or before))
            continue
        if token not in _CLOSED_BY:
            kinds.append(0)
            continue
        open_at = [at for at, by in enumerate(opened) if token in by]
        if token in _QUOTES and before != after:
            opens = before
        elif open_at:
            opens = False
        elif token in _ANGLES:
            # The first of a pair, as » is in Danish, or the end of one begun above?
            later = (other for other in tokens[index + 1 :] if other in _ANGLES)
            opens = next(later, None) in _CLOSED_BY[token]
        else:
            opens = token not in _CLOSING_BY_SHAPE
        if opens:
            opened.append(_CLOSED_BY[token])
        elif open_at:
            del opened[open_at[-1] :]
        kinds.append(1 if opens else -1)
    return kinds


def choose_splitter(language: str, *, tokenised: bool, way: int = 2) -> Splitter:
    """`split_at_marks` for tokenised text, else spaCy's rules for a language.

    Args:
        language: spaCy's code of the language, e.g. "en".
        tokenised: Whether tokens stand between blanks already.
        way: 1: sentences are spaCy's. 2: quotes and brackets at their end that open
            the next one are moved there.

    Raises:
        InputError: If spaCy has no such language, or needs a package for it.
    """
    if tokenised:
        return partial(split_at_marks, way=way)
    # spaCy takes seconds to import and is needed for raw text alone.
    import spacy

    try:
        nlp = spacy.blank(language)
    except ImportError as error:
        raise InputError(
            f"spaCy cannot read language {language!r} ({one_line(error)}): set "
            "corpus.language to one of its codes, such as en or de, or install what it "
            "asks for."
        ) from error
    nlp.add_pipe("sentencizer")
    nlp.max_length = sys.maxsize  # the limit is for parsers, which rules are not

    zones = ExitStack()
    characters = FORGET_AFTER

    def split(paragraphs: Iterable[str]) -> Iterator[list[list[str]]]:
        nonlocal characters
        # spaCy remembers every word it has seen: now and then it must forget.
        if characters >= FORGET_AFTER:
            zones.close()
            zones.enter_context(nlp.memory_zone())
            characters = 0
        # Raw text is wrapped anywhere: its line ends mean no more than a blank.
        for doc in nlp.pipe(" ".join(text.split()) for text in paragraphs):
            characters += len(doc.text)
            starts = _starts(doc) if way > 1 else [s.start for s in doc.sents]
            sentences = (
                [token.text for token in doc[start:end] if not token.is_space]
                for start, end in zip(starts, [*starts[1:], len(doc)], strict=True)
            )
            yield [sentence for sentence in sentences if sentence]

    return split


def _starts(doc: Doc) -> list[int]:
    """First tokens of spaCy's sentences, but for marks that open the next one."""
    blanks = [False, *(bool(token.whitespace_) for token in doc)]
    blanks[0] = True
    kinds = _kinds([token.text for token in doc], [*pairwise(blanks)])
    starts = set()
    for sentence in doc.sents:
        start = sentence.start
        while start > 0 and kinds[start - 1] > 0:
            start -= 1
        starts.add(start)
    return sorted(starts)
