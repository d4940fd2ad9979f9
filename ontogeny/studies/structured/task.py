"""What a config may say of one task of structured sparsification."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from ontogeny.sections.common import check_seeds
from ontogeny.sections.section import Section as Part
from ontogeny.studies.structured.names import TAKES_SIZES, variant


class Penalty(Part):
    """Strengths of group lasso and lasso, relative to a loss summed over time."""

    group: float = Field(ge=0, description="λ₁, of the groups' norms.")
    l1: float = Field(1e-5, ge=0, description="λ₂, of the weights' sizes.")


class Pruning(Part):
    """Group lasso (004, "Implementation of the idea in pruning")."""

    wn: Penalty = Field(Penalty(group=0.002), description="Of W+N (ISS).")
    wgn: Penalty = Field(Penalty(group=0.0017), description="Of W+G+N.")
    threshold: float = Field(
        1e-4, gt=0, description="Weights that are smaller are cut after every step."
    )
    reading: Literal["assign", "forward"] = Field(
        "assign", description="Cut weights become 0, or are read as 0 and kept."
    )
    iss: Literal["iss", "iss_code"] = Field(
        "iss", description="A weight counts once in a group of W+N; iss_code: twice."
    )


class Posterior(Part):
    """Sparse variational dropout (004, "Implementation of the idea in Bayesian …")."""

    z: Literal["sequence", "minibatch"] = Field(
        "sequence",
        description="Whose draw of z: each sequence its own, as the paper has it, or "
        "the minibatch one, many times faster.",
    )
    kl: Literal["molchanov", "tipt0p"] = Field(
        "molchanov", description="Approximation of the KL divergence."
    )
    kl_epochs: float = Field(
        0, ge=0, description="Epochs over which its weight rises to 1; the paper: 0."
    )
    snr: float = Field(
        0.05, gt=0, description="τ: what has a smaller μ²/σ² is cut after training."
    )


class Changed(Part):
    """What a variant does otherwise than its task says."""

    seeds: list[int] | None = Field(
        None, min_length=1, description="Of these of the task's seeds alone."
    )
    hidden: int | None = Field(None, gt=0, description="Units of each LSTM.")
    dropout: float | None = Field(None, ge=0, lt=1, description="Share dropped.")
    learning_rate: float | None = Field(None, gt=0, description="At the start.")
    divide_by: float | None = Field(None, gt=1, description="Its divisor.")
    divide_after: list[int] | None = Field(None, description="After which epochs.")
    divide_every: bool | None = Field(None, description="And after all later ones.")


class Task(Part):
    """A network, what it learns, and which variants of it are trained."""

    kind: Literal["words", "characters", "texts"] = Field(
        "words", description="Predicted one by one, or texts that are classified."
    )
    text: Literal["corpus", "official"] = Field(
        "corpus",
        description="Of words: the corpus as the other studies have it, or the data "
        "set's own splits.",
    )
    dataset: str | None = Field(
        None,
        description="Of characters and texts: a data set of config/datasets.yaml; "
        "null: the generated corpus, whose articles have topics.",
    )
    files: dict[Literal["train", "test"], list[str]] | None = Field(
        None,
        description="Of texts: own files or folders to learn from and to be tested on, "
        "instead of a data set (docs/data.md).",
    )
    vocabulary: int = Field(20_000, gt=1, description="Words of texts that are kept.")
    lowercase: bool = Field(False, description="Whether texts are lowercased.")
    valid_share: float = Field(
        0.15, gt=0, lt=1, description="Of the texts to learn from, for validation."
    )
    vectors: str | None = Field(
        None, description="A file of word vectors that the embedding begins with."
    )
    variants: list[str] = Field(
        ["dense", "wn", "wgn"], min_length=1, description="Trained, and in this order."
    )
    together: bool = Field(
        False, description="All variants in one job: faster where each takes seconds."
    )
    seeds: list[int] | None = Field(
        None, min_length=1, description="Null: the config's seeds."
    )
    embedding: int | None = Field(
        200, gt=0, description="Units of the embedding; null: one-hot."
    )
    hidden: int = Field(200, gt=0, description="Units of each LSTM.")
    layers: int = Field(2, ge=1, description="LSTMs.")
    bound: float | None = Field(
        0.1,
        gt=0,
        description="Weights begin uniform in ± this; null: orthogonal, as the code of "
        "the Bayesian models has them.",
    )
    dropout: float = Field(0, ge=0, lt=1, description="Share of activations dropped.")
    batch: int = Field(20, gt=0, description="Columns, segments or texts side by side.")
    window: int = Field(
        20, gt=1, description="Steps of a window; symbols of a segment or text."
    )
    epochs: int = Field(20, gt=0, description="Passes over the training split.")
    learning_rate: float = Field(1, gt=0, description="At the start.")
    divide_by: float = Field(5 / 3, gt=1, description="Divisor of the learning rate.")
    divide_after: list[int] = Field(
        [4], description="Epochs after which it is divided; none: it is constant."
    )
    divide_every: bool = Field(True, description="And after all later epochs.")
    clip_norm: float | None = Field(
        5, gt=0, description="Largest ℓ₂ norm of the gradient; null: no clipping."
    )
    precision: Literal["float32", "bfloat16"] = Field(
        "float32", description="Of the output layer's products in training."
    )
    changed: dict[str, Changed] = Field(
        {}, description="By variant, what is otherwise."
    )
    gate_epochs: list[int] | None = Field(
        None,
        min_length=1,
        description="Epochs of the dense network whose weights are kept and gates "
        "measured; null: all.",
    )
    pruning: Pruning | None = Field(
        None, description="Group lasso, by plain SGD on a loss summed over time."
    )
    bayes: Posterior | None = Field(
        None, description="Sparse variational dropout, by Adam."
    )

    @property
    def framework(self) -> str:
        """ "pruning" or "bayes"."""
        return "pruning" if self.pruning else "bayes"

    @property
    def trainer(self) -> str:
        """Of the script that trains it, after "train_"."""
        return "pruned" if self.pruning else "bayesian"

    def about(self) -> dict[str, Any]:
        """What tables, figures and claims are told of it."""
        keys = {"kind", "variants", "layers", "hidden", "epochs"}
        return {"framework": self.framework, **self.model_dump(include=keys)}

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.pruning is None) == (self.bayes is None):
            raise ValueError("pruning: either it or bayes must be given, and not both")
        if self.pruning and self.kind != "words":
            raise ValueError("kind: pruning is of words (004, table 1)")
        for name in self.variants:
            try:
                level = variant(name).level
            except ValueError as error:
                raise ValueError(f"variants: {error}") from None
            if (self.pruning and level == "w") or (self.bayes and name not in _BAYES):
                raise ValueError(f"variants: {name} is none of {self.framework}")
        for name in self.changed:
            if name not in self.variants:
                raise ValueError(f"changed: {name} is not among the variants")
        if self.together and any(one.seeds for one in self.changed.values()):
            raise ValueError("changed: variants trained together have the same seeds")
        if len(set(self.variants)) < len(self.variants):
            raise ValueError("variants must be different")
        if {*TAKES_SIZES} & set(self.variants) and "wgn" not in self.variants:
            raise ValueError("variants: narrow and mask take their sizes from wgn")
        if self.kind != "words" and self.text == "official":
            raise ValueError("text: official is of words")
        if self.files is not None:
            self._check_files()
        if self.vectors and self.kind != "texts":
            raise ValueError("vectors: are of texts")
        check_seeds("seeds", self.seeds)
        return self

    def _check_files(self) -> None:
        """Check that a task's own files are of texts, whole, and there."""
        if self.kind != "texts" or self.dataset or set(self.files or {}) != {*_PARTS}:
            raise ValueError(
                "files: are of texts without a dataset, with train and test"
            )

    def encoding(self) -> dict[str, Any]:
        """How texts become numbers; of characters there is nothing to say."""
        if self.kind != "texts":
            return {}
        return {
            "words": self.vocabulary,
            "length": self.window,
            "lowercase": self.lowercase,
            "valid_share": self.valid_share,
        }

    def of(self, name: str) -> dict[str, Any]:
        """What decides one variant's training, and nothing of the others."""
        own = self.model_dump(exclude=_NOT_OF_ONE)
        changed = self.changed.get(name)
        if changed:
            own |= changed.model_dump(exclude_none=True, exclude={"seeds"})
        method = self._pruning(name) if self.pruning else self._posterior(name)
        return own | method | {"keep_epochs": self.kept(name)}

    def _pruning(self, name: str) -> dict[str, Any]:
        """Penalties and cut of a variant; of the others none."""
        its, kind = self.pruning, variant(name)
        if its is not None and name in TAKES_SIZES:
            return {"pruning": {}, "pruned_by": self._pruning("wgn")["pruning"]}
        if its is None or kind.level not in ("wn", "wgn"):
            return {"pruning": {}}
        penalty = its.wn if kind.level == "wn" else its.wgn
        return {
            "pruning": {
                "groups": its.iss if kind.level == "wn" else "wgn",
                "lambda_group": kind.factor * penalty.group,
                "lambda_l1": penalty.l1,
                "threshold": its.threshold,
                "reading": its.reading,
                "on_output": kind.on_output,
            }
        }

    def _posterior(self, name: str) -> dict[str, Any]:
        """What is drawn of a variant; of the dense one nothing."""
        its = self.bayes
        if its is None or name == "dense":
            return {"posterior": {}}
        return {"posterior": {"level": name, **its.model_dump()}}

    def variants_of(self, seed: int) -> list[str]:
        """Variants that are trained with a seed."""
        return [
            name
            for name in self.variants
            if name not in self.changed or seed in (self.changed[name].seeds or [seed])
        ]

    def kept(self, name: str) -> list[int]:
        """Epochs whose weights a variant keeps, beside those that validate best."""
        if name != "dense":
            return [self.epochs]
        return self.gate_epochs or list(range(self.epochs + 1))


_PARTS = ("train", "test")
_BAYES = ("dense", "w", "wn", "wgn")
_NOT_OF_ONE = {
    "variants",
    "together",
    "seeds",
    "changed",
    "pruning",
    "bayes",
    "gate_epochs",
    "files",
    "vectors",
}
