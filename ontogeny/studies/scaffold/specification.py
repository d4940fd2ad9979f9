"""What a scaffold corpus holds; loads no numpy, for the config is checked by it."""

from __future__ import annotations

from dataclasses import dataclass

from ontogeny.errors import InputError

CONTEXT = 20
"""Background words before α.

ASSUME: the thesis does not say what precedes the rule in its test sets; so
many that the state is a running text's.
"""


@dataclass(frozen=True)
class Specification:
    """What a corpus holds; defaults are the thesis's (ch. 5 §4.2, §4.3).

    Words are numbered: Σ from 0, then α, then ω.

    Attributes:
        length: k, the words of a scaffold q, strictly between α and ω.
        occurrences: n, of the rule α q ω.
        tokens: Of the whole corpus, everything inserted included.
        types: Of Σ, of which background and scaffolds are made.
        copies: How often each scaffold stands in the rule.
        outside: How often each familiar scaffold stands elsewhere.
    """

    length: int
    occurrences: int = 1000
    tokens: int = 1_000_000
    types: int = 1000
    copies: int = 10
    outside: int = 1000

    @property
    def scaffolds(self) -> int:
        """Different scaffolds in the rule."""
        return self.occurrences // self.copies

    @property
    def opening(self) -> int:
        """Number of the word α."""
        return self.types

    @property
    def closing(self) -> int:
        """Number of the word ω."""
        return self.types + 1

    @property
    def vocabulary(self) -> int:
        """Σ, α and ω."""
        return self.types + 2

    def background(self, *, familiar: bool) -> int:
        """Random words that are left beside all that is inserted.

        Raises:
            InputError: If a word of background does not fit between any two
                insertions, or the occurrences are no multiple of the copies;
                begins with the key of the config that is at fault, if it is one.
        """
        if self.occurrences < self.copies:
            raise InputError(
                f"occurrences: must be at least `copies` ({self.copies}), "
                f"found {self.occurrences}."
            )
        if self.occurrences % self.copies:
            raise InputError(
                f"occurrences: {self.occurrences} are no multiple of {self.copies} "
                "copies of each scaffold."
            )
        outside = self.outside * self.scaffolds * familiar
        inserted = self.occurrences * (self.length + 2) + outside * self.length
        left = self.tokens - inserted
        if left < self.occurrences + outside:
            raise InputError(
                f"length {self.length}, {self.occurrences:,} occurrences: "
                f"{inserted:,} words are inserted and do not fit apart from each "
                f"other into {self.tokens:,}; take shorter or fewer scaffolds."
            )
        return left

    def check_different(self, *, taken: int = 0) -> None:
        """Check that there are enough different scaffolds to draw from.

        Args:
            taken: Scaffolds that must not be among them.

        Raises:
            InputError: If the words make fewer than twice as many.
        """
        wanted = self.scaffolds + taken
        if self.types**self.length < 2 * wanted:
            raise InputError(
                f"types: {self.types:,} words make too few different sequences of "
                f"{self.length} for {wanted:,} scaffolds; take more."
            )
