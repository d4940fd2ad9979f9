"""What a config may say of the study of predefined sparseness."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Self

from pydantic import Field, model_validator

from ontogeny.errors import InputError
from ontogeny.sections.common import Common, StudySection, check_seeds
from ontogeny.sections.dataset import Dataset, check_treebank
from ontogeny.sections.section import Section as Part

Sizes = list[int]
SIZES = "Units of the embedding and of each LSTM"


def check_sizes(key: str, wide: Sizes, narrow: Sizes) -> None:
    """Check that a sparse model can have a dense one's parameters.

    Raises:
        ValueError: If it has other layers, or a layer is narrower.
    """
    if len(wide) != len(narrow) or any(
        not 1 <= small <= large for large, small in zip(wide, narrow, strict=False)
    ):
        raise ValueError(
            f"{key}: must have the layers of {narrow}, none of them narrower, found "
            f"{wide}"
        )


class Pos(Part):
    """Taggers with short and sparse embeddings (§4.2)."""

    treebank: str = Field(
        "ud-english-ewt",
        description="Whose XPOS is learned: a treebank of config/datasets.yaml, or "
        "`generated`.",
    )
    dimensions: int = Field(20, gt=1, description="k, dimensions of sparse embeddings.")
    widths: Sizes = Field(
        [1, 2, 3, 5, 7, 10, 20],
        min_length=1,
        description="k′, dimensions of dense embeddings; a sparse one has as many "
        "parameters where 1 < k′ < k.",
    )
    ordered_at: int | None = Field(
        5, description="k′ at which words are ordered otherwise too; null: at none."
    )
    blocks_at: int | None = Field(
        5, description="k′ at which the authors' blocks are tried too; null: at none."
    )
    hidden: Sizes = Field(
        [10, 50],
        min_length=1,
        description="Units of each direction of the LSTM; the first is judged.",
    )
    dropout: float = Field(
        0.2, ge=0, lt=1, description="Share of a word's dimensions dropped, locked."
    )
    weight_drop: float = Field(
        0.2, ge=0, lt=1, description="Share of the recurrent weights dropped."
    )
    unknown: Literal["half", "never"] = Field(
        "half",
        description="How often a word that is seen once is trained as `<unk>`; "
        "`never` leaves its vector untrained, as the authors' code does.",
    )
    learning_rate: float = Field(1e-3, gt=0, le=1, description="Of Adam.")
    batch: int = Field(20, gt=0, description="Sentences of a step.")
    epochs: int = Field(50, gt=0, description="Passes over the treebank.")
    seeds: list[int] | None = Field(
        None, min_length=1, description="One of each tagger; null: the study's."
    )
    together: bool = Field(
        False, description="Whether one job trains all taggers of a seed."
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if sorted(set(self.widths)) != self.widths or self.widths[0] < 1:
            raise ValueError(f"widths: must ascend from 1, each once: {self.widths}")
        for key in ("ordered_at", "blocks_at"):
            at = getattr(self, key)
            if at is not None and not 1 < at < self.dimensions:
                raise ValueError(
                    f"{key}: must lie between 1 and {self.dimensions}, found {at}"
                )
        return self


class Training(Part):
    """What the training of a language model may be."""

    dropout: float = Field(0.2, ge=0, lt=1, description="Share dropped everywhere.")
    batch: int = Field(40, gt=0, description="Columns of text side by side.")
    window: int = Field(35, gt=0, description="Steps of backpropagation through time.")
    epochs: int = Field(50, gt=0, description="Passes over the training split at most.")
    learning_rate: float = Field(20, gt=0, le=1e6, description="At the start.")
    clip_norm: float | None = Field(
        0.25, gt=0, description="Largest ℓ₂ norm of the gradient; null: no clipping."
    )
    precision: Literal["float32", "bfloat16"] = Field(
        "float32", description="Of the output layer's products in training."
    )
    together: bool = Field(
        False, description="Whether one job trains all models of a seed."
    )


class Lm(Training):
    """A dense and a sparse language model of as many parameters, as of study 000."""

    dense: Sizes = Field([200, 200, 200], min_length=2, description=f"{SIZES}, dense.")
    sparse: Sizes = Field(
        [200, 300, 200], min_length=2, description=f"{SIZES}, sparse."
    )
    blocks: Sizes | None = Field(
        [3, 2], description="Of each sparse LSTM; null: as few as will do."
    )
    plain: bool = Field(True, description="Also train both without dropout (P12).")

    @model_validator(mode="after")
    def _fit(self) -> Self:
        check_sizes("sparse", self.sparse, self.dense)
        if self.dense[0] != self.sparse[0]:
            raise ValueError("sparse: its embedding must be as wide as the dense one's")
        if self.blocks and len(self.blocks) != len(self.sparse) - 1:
            raise ValueError(f"blocks: must be {len(self.sparse) - 1}, one an LSTM")
        return self


class Recite(Training):
    """Models that learn a text by heart, without dropout (§5)."""

    dense: Sizes = Field([200, 200, 200], min_length=3, description=f"{SIZES}, dense.")
    reduced: Sizes = Field(
        [100, 100, 100], min_length=3, description=f"{SIZES}, reduced."
    )
    embedding_blocks: int | None = Field(
        None, ge=1, description="Of the sparse embedding; null: the closed form."
    )
    words: int | None = Field(
        100_000, gt=0, description="First words of the training split; null: all."
    )
    optimiser: Literal["adam", "sgd"] = Field("adam", description="Adam or plain SGD.")
    dropout: Literal[0] = Field(0, description="Nothing is dropped.")
    learning_rate: float = Field(2e-3, gt=0, le=1e6, description="Constant.")
    batch: int = Field(20, gt=0, description="Columns of text side by side.")
    epochs: int = Field(150, gt=0, description="At most; it ends where loss is flat.")

    @model_validator(mode="after")
    def _fit(self) -> Self:
        check_sizes("dense", self.dense, self.reduced)
        for name in ("dense", "reduced"):
            sizes = getattr(self, name)
            if sizes[0] != sizes[-1]:
                raise ValueError(
                    f"{name}: the last LSTM must be as wide as the embedding, whose "
                    "matrix the output layer has"
                )
        return self


class Awd(Part):
    """AWD-LSTM (Merity et al., 2018), dense and sparse (§3, table 1)."""

    dense: Sizes = Field(
        [400, 1150, 1150, 400], min_length=3, description=f"{SIZES}, dense."
    )
    sparse: Sizes = Field(
        [400, 1725, 1725, 400], min_length=3, description=f"{SIZES}, sparse."
    )
    dropout_input: float = Field(0.4, ge=0, lt=1, description="Of the embedding.")
    dropout_hidden: float = Field(0.25, ge=0, lt=1, description="Between LSTMs.")
    dropout_output: float = Field(0.4, ge=0, lt=1, description="Of the last output.")
    dropout_words: float = Field(
        0.1, ge=0, lt=1, description="Of whole words' vectors."
    )
    weight_drop: float = Field(0.5, ge=0, lt=1, description="Of recurrent weights.")
    alpha: float = Field(2, ge=0, description="Of activation regularisation.")
    beta: float = Field(1, ge=0, description="Of temporal activation regularisation.")
    weight_decay: float = Field(1.2e-6, ge=0, description="Of all weights.")
    batch: int = Field(20, gt=0, description="Columns of text side by side.")
    window: int = Field(70, gt=5, description="Mean steps of a window, which varies.")
    epochs: int = Field(500, gt=0, description="Passes over the training split.")
    finetune_epochs: int = Field(
        500, ge=0, description="Passes of averaged SGD, begun anew; 0: none."
    )
    patience: int = Field(
        5, gt=0, description="Epochs that validation may lag before averaging begins."
    )
    learning_rate: float = Field(30, gt=0, le=1e6, description="Constant.")
    clip_norm: float = Field(0.25, gt=0, description="Largest ℓ₂ norm of the gradient.")
    together: bool = Field(
        False, description="Whether one job trains both models of a seed."
    )

    @model_validator(mode="after")
    def _fit(self) -> Self:
        check_sizes("sparse", self.sparse, self.dense)
        for name in ("dense", "sparse"):
            sizes = getattr(self, name)
            if sizes[0] != sizes[-1]:
                raise ValueError(f"{name}: the last LSTM must be as wide as the first")
        return self


class Predefined(StudySection):
    """The study of networks that are sparse before they learn (002)."""

    text: Literal["corpus", "official"] = Field(
        "corpus",
        description="What language models read: the corpus as the other studies have "
        "it, or the data set's own splits, cased, with its whole vocabulary.",
    )
    seeds: list[int] | None = Field(
        None, min_length=1, description="One of each model; null: the config's."
    )
    threads: int | None = Field(
        None, gt=0, description="Of each training; null: the config's."
    )
    pos: Pos | None = Field(Pos(), description="Taggers; null: none.")
    lm: Lm | None = Field(Lm(), description="Language models; null: none.")
    recite: Recite | None = Field(
        Recite(), description="Models that learn by heart; null: none."
    )
    awd: Awd | None = Field(
        None, description="AWD-LSTM at the paper's size, for a GPU; null: none."
    )
    resamples: int = Field(
        1_000, ge=100, description="Of the bootstrap over sentences."
    )

    def check(self, common: Common) -> None:
        """Text and treebank suit the corpus."""
        check_seeds("predefined.seeds", self.seeds)
        if self.pos is not None:
            check_seeds("predefined.pos.seeds", self.pos.seeds)
        if "predefined" not in common.studies:
            return
        if self.text == "official" and common.corpus.dataset is None:
            raise ValueError(
                "predefined.text: official needs corpus.dataset, a data set with "
                "splits of its own"
            )
        generated = self.pos is not None and self.pos.treebank == "generated"
        if generated and common.corpus.format != "generated":
            raise ValueError(
                "predefined.pos.treebank: a generated treebank suits a generated "
                "corpus only"
            )

    def datasets(
        self, common: Common, datasets: Mapping[str, Dataset]
    ) -> list[tuple[str, str]]:
        """The treebank whose tags are learned."""
        name = common.corpus.dataset or ""
        if self.text == "official" and name in datasets and not datasets[name].splits:
            raise InputError(
                f"Config: predefined.text: {name} has no splits of its own in "
                "config/datasets.yaml; take `corpus`."
            )
        if self.pos is None or self.pos.treebank == "generated":
            return []
        check_treebank("predefined.pos.treebank", self.pos.treebank, datasets)
        return [("predefined.pos.treebank", self.pos.treebank)]


Section = Predefined
