"""What a config may say of the study of lottery tickets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from ontogeny.errors import InputError
from ontogeny.sections.common import Common, StudySection, check_seeds
from ontogeny.sections.dataset import Dataset, check_treebank, known_dataset
from ontogeny.studies.lottery.files_and_model import Files, Transformer, check_there
from ontogeny.studies.lottery.names import ANOTHER, CHAINS, DENSE, UNTRAINED, rate_of
from ontogeny.studies.lottery.probe_settings import Probes

ChainName = Literal["magnitude", "random", "unpruned", "shuffled", "rewound"]


class Lottery(StudySection):
    """The study of lottery-ticket Transformers (Movva & Zhao 2020)."""

    dataset: str | None = Field(
        None,
        description="Sentence pairs of config/datasets.yaml; null: own files, or the "
        "generated corpus and its sister language.",
    )
    files: Files | None = Field(None, description="Own texts, instead of a data set.")
    lowercase: bool = Field(False, description="Whether all words are lowercased.")
    pairs: int | None = Field(
        None, gt=0, description="First pairs of the training text; null: all."
    )
    subwords: int = Field(32_768, gt=4, description="Of both languages together.")
    longest: int = Field(
        250, gt=0, description="Subwords of a side; longer pairs are left out."
    )
    model: Transformer = Transformer()
    batch: int = Field(
        28_672, gt=0, description="Positions of a batch: pairs × longest side."
    )
    epochs: int = Field(60, gt=1, description="E, of the dense model.")
    retrain_epochs: int | None = Field(
        None, gt=0, description="R, after every pruning; null: half of epochs."
    )
    learning_rate: float = Field(5e-4, gt=0, le=1, description="Of Adam, the largest.")
    warmup: int | None = Field(
        4_000,
        gt=0,
        description="Steps up to it; null: a tenth of the dense model's.",
    )
    smoothing: float = Field(0.1, ge=0, lt=1, description="Of the labels.")
    clip_norm: float | None = Field(
        None, gt=0, description="Largest ℓ₂ norm of the gradient; null: no clipping."
    )
    prunings_at_once: Literal[1, 2, 4] = Field(
        1, description="Prunings of a fifth of what remains, in one iteration."
    )
    chains: dict[ChainName, int] = Field(
        {"magnitude": 9, "random": 9, "unpruned": 9},
        min_length=1,
        description="Iterations of each: pruned by magnitude, at random, not at all, "
        "as many per matrix as by magnitude (shuffled), or by magnitude with weights "
        "rewound too (rewound).",
    )
    null_seed: int | None = Field(
        None,
        ge=0,
        lt=2**32,
        description="Of another dense model, which is not pruned, to hold LTH0 "
        "beside; null: another of the study's seeds, if there are several.",
    )
    seeds: list[int] | None = Field(
        None, min_length=1, description="One dense model each; null: the config's."
    )
    threads: int | None = Field(
        None, gt=0, description="Of each training; null: the config's."
    )
    curve_pairs: int = Field(
        500, gt=0, description="Validation pairs translated greedily after each epoch."
    )
    beam: int = Field(4, gt=0, description="Hypotheses of a translation; 1: greedy.")
    length_penalty: float = Field(0.6, ge=0, description="Its exponent α.")
    test_pairs: int | None = Field(
        None, gt=0, description="First pairs of each test text; null: all."
    )
    detokenize: str | None = Field(
        None,
        pattern=r"^[a-z]{2}$",
        description="Language of the target whose words Moses's rules put together "
        "before they are scored, e.g. de; null: they stay as they are.",
    )
    tokenize: Literal["none", "13a"] = Field(
        "none", description="Of BLEU: words as they stand, or split by sacrebleu."
    )
    measured_pairs: int = Field(
        1_000, ge=40, description="First validation pairs that similarities are of."
    )
    xpos: str | None = Field(
        None, description="Treebank of parts of speech, or `generated`; null: none."
    )
    semantics: str | None = Field(
        None, description="Data set of semantic tags, or `generated`; null: none."
    )
    probes: Probes | None = Field(
        None, description="What is asked of the encoder by probes; null: nothing."
    )
    resamples: int = Field(1_000, ge=100, description="Of the bootstraps.")

    @property
    def retrained(self) -> int:
        """R, epochs of every retraining."""
        return self.retrain_epochs or self.epochs // 2

    def chain_names(self) -> list[str]:
        """Chains with iterations, in the order in which they are shown."""
        asked = {str(name) for name, number in self.chains.items() if number}
        return [name for name in CHAINS if name in asked]

    def other_seed(self, seed: int, seeds: Sequence[int]) -> int | None:
        """Whose LTH0 that of a seed is held beside; None: there is no other."""
        null = [] if self.null_seed is None else [self.null_seed]
        return next((one for one in [*null, *seeds] if one != seed), None)

    def runs(self, seeds: Sequence[int]) -> list[tuple[str, int]]:
        """Chain and seed of every training."""
        null = [] if self.null_seed is None else [self.null_seed]
        found = [(DENSE, seed) for seed in dict.fromkeys([*seeds, *null])]
        return found + [(name, seed) for name in self.chain_names() for seed in seeds]

    def measured(self, seeds: Sequence[int]) -> list[tuple[str, int]]:
        """Chain and seed of what is held beside LTH0, nulls included."""
        found = [(name, seed) for name in self.chain_names() for seed in seeds]
        found += [(ANOTHER, s) for s in seeds if self.other_seed(s, seeds) is not None]
        return found + [(UNTRAINED, seed) for seed in seeds]

    def encoding(self) -> dict[str, Any]:
        """What decides subwords, beside the text."""
        return self.model_dump(include={"pairs", "subwords", "longest"})

    def training(self) -> dict[str, Any]:
        """What decides LTH0, and with a chain its tickets."""
        keys = {"model", "batch", "epochs", "learning_rate", "warmup", "smoothing"}
        keys |= {"clip_norm", "curve_pairs"}
        return {**self.model_dump(include=keys), "retrain_epochs": self.retrained}

    def decoding(self) -> dict[str, Any]:
        """What decides translations and their scores, beside the model."""
        keys = {"beam", "length_penalty", "test_pairs", "detokenize", "tokenize"}
        return self.model_dump(include=keys)

    def measuring(self) -> dict[str, Any]:
        """What decides similarities, beside the models."""
        keys = {"measured_pairs", "prunings_at_once", "resamples", "batch", "longest"}
        return self.model_dump(include=keys)

    @property
    def as_in_paper(self) -> bool:
        """Whether sizes and recipe are the paper's, so that levels are judged; that own
        files are its text nobody can tell."""
        own, paper = (
            {**s.training(), **s.encoding(), "at_once": s.prunings_at_once}
            for s in (self, Lottery(curve_pairs=self.curve_pairs))
        )
        return self.files is not None and own == paper

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        taken = {"train", "valid", "counts", "subwords"} & {
            *(self.files.test if self.files else ())
        }
        if taken:
            raise ValueError(
                f"files.test: {min(taken)} is another file's name: call the text "
                "otherwise"
            )
        if self.dataset and self.files:
            raise ValueError("files: give either them or a dataset")
        if not self.retrained < self.epochs:
            raise ValueError(
                f"retrain_epochs: must be less than epochs, {self.epochs}, found "
                f"{self.retrained}"
            )
        if self.warmup is None and 10 * (self.epochs - self.retrained) < self.epochs:
            raise ValueError(
                "warmup: a tenth of the dense model's steps ends after the step that "
                "is rewound to: give steps, or lower retrain_epochs"
            )
        wrong = [name for name, number in self.chains.items() if number < 0]
        if wrong:
            raise ValueError(f"chains.{wrong[0]}: must be 0 or more iterations")
        if self.chains.get("shuffled", 0) > self.chains.get("magnitude", 0):
            raise ValueError(
                "chains.shuffled: takes its counts from the magnitude chain, which "
                f"has {self.chains.get('magnitude', 0)} iterations"
            )
        if not any(self.chains.values()):
            raise ValueError("chains: at least one needs an iteration")
        self._check_remaining()
        return self

    def _check_remaining(self) -> None:
        """Check that every iteration has a weight to prune."""
        d, inner, layers = self.model.d, self.model.inner, self.model.layers
        remaining = layers * (12 * d**2 + 4 * d * inner)
        rate = rate_of(self.prunings_at_once)
        for number in range(1, max(self.chains.values()) + 1):
            pruned = remaining * rate.numerator // rate.denominator
            if not pruned:
                raise ValueError(
                    f"chains: iteration {number} would find {remaining} weights, of "
                    f"which {rate} is none: ask for fewer iterations"
                )
            remaining -= pruned

    def check(self, common: Common) -> None:
        """There are pairs, and tags suit the corpus."""
        check_seeds("lottery.seeds", self.seeds)
        if "lottery" not in common.studies:
            return
        if self.null_seed in (self.seeds or common.seeds):
            raise ValueError(
                f"lottery.null_seed: {self.null_seed} is a seed of the study: take "
                "another, or leave it out where the study has several"
            )
        generated = common.corpus.format == "generated"
        if not generated and not self.dataset and self.files is None:
            raise ValueError(
                "lottery.dataset: pairs need a data set or files, for the corpus is "
                "not generated"
            )
        for key in ("xpos", "semantics"):
            if getattr(self, key) == "generated" and not generated:
                raise ValueError(
                    f"lottery.{key}: generated suits a generated corpus only"
                )
        if self.probes:
            self.probes.check("lottery.probes", generated=generated)

    def datasets(
        self, common: Common, datasets: Mapping[str, Dataset]
    ) -> list[tuple[str, str]]:
        """Pairs, and texts with tags."""
        found = []
        if self.files is not None:
            for side in (self.files.train, self.files.valid, *self.files.test.values()):
                check_there(side)
        if self.dataset:
            about = known_dataset("lottery.dataset", self.dataset, datasets)
            if not about.pairs:
                raise InputError(
                    f"Config: lottery.dataset: {self.dataset} has no `pairs` in "
                    "config/datasets.yaml."
                )
            found.append(("lottery.dataset", self.dataset))
        if self.xpos and self.xpos != "generated":
            check_treebank("lottery.xpos", self.xpos, datasets)
            found.append(("lottery.xpos", self.xpos))
        if self.semantics and self.semantics != "generated":
            about = known_dataset("lottery.semantics", self.semantics, datasets)
            if not about.semantics:
                raise InputError(
                    f"Config: lottery.semantics: {self.semantics} has no `semantics` "
                    "in config/datasets.yaml."
                )
            found.append(("lottery.semantics", self.semantics))
        asked = self.probes.datasets("lottery.probes", datasets) if self.probes else []
        return found + asked


Section = Lottery
