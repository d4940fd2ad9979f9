"""What a config may say of the sparsity study."""

from __future__ import annotations

from pydantic import Field

from ontogeny.sections.common import Common, StudySection


class Sparsity(StudySection):
    """Thresholds of the sparsity study (Saphra & Lopez, 2019, §3)."""

    figure2_min_count: int = Field(
        100_000, ge=1, description="Training occurrences of a word in figure 2."
    )
    figure5_min_count: int = Field(
        1_000, ge=1, description="Training occurrences of a word in figure 5."
    )
    class_min_count: int = Field(
        100, ge=1, description="Occurrences with the majority tag for a word class."
    )
    matched_words: int = Field(
        120, ge=2, description="Words of each class in the matched sample."
    )
    resamples: int = Field(1_000, ge=100, description="Of the bootstrap over words.")

    def check(self, common: Common) -> None:
        """The language model has two recurrent layers."""
        common.check_two_layers("sparsity")


Section = Sparsity
