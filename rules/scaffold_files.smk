"""What the study of scaffolds is made of: texts and trainings."""

from ontogeny.studies.scaffold.names import grid, trainings

SCAFFOLD_SEEDS = SETTINGS.scaffold.seeds or SETTINGS.seeds
SCAFFOLD_EPOCHS = range(SETTINGS.scaffold.model.epochs + 1)
SPECIFICATION = {
    "tokens": SETTINGS.scaffold.tokens,
    "types": SETTINGS.scaffold.types,
    "copies": SETTINGS.scaffold.copies,
    "outside": SETTINGS.scaffold.outside,
}
GRID = grid(SETTINGS.scaffold.occurrences, both_at=SETTINGS.scaffold.both_at)
VARIANTS_OF_SGD = dict(SETTINGS.scaffold.variants or {})


def trainings_of(length):
    """The trainings of a scaffold length: variants at the shortest one only."""
    study = SETTINGS.scaffold
    return trainings(
        int(length),
        study.lengths,
        study.occurrences,
        both_at=study.both_at,
        variants=VARIANTS_OF_SGD,
    )


# Of the shortest length: there is none that it has not.
TRAININGS = {t.name: t for t in trainings_of(SETTINGS.scaffold.lengths[0])}
SCAFFOLD_TABLES = {
    name: expand(
        f"results/{{{{corpus}}}}/scaffold/seed{{seed}}/length{{length}}/{name}.parquet",
        seed=SCAFFOLD_SEEDS,
        length=SETTINGS.scaffold.lengths,
    )
    for name in ("measures", "counts")
}


wildcard_constraints:
    training="|".join(TRAININGS),
    length=r"\d+",


def scaffold_text(wildcards):
    """The text that a training reads."""
    return (
        f"results/{wildcards.corpus}/scaffold/seed{wildcards.seed}/"
        f"length{wildcards.length}/{TRAININGS[wildcards.training].cell.name}.parquet"
    )


def scaffold_weights(wildcards):
    """The checkpoints of a scaffold length, by training and epoch."""
    return [
        f"results/{wildcards.corpus}/scaffold/seed{wildcards.seed}/"
        f"length{wildcards.length}/{training.name}/epoch{epoch}.safetensors"
        for training in trainings_of(wildcards.length)
        for epoch in SCAFFOLD_EPOCHS
    ]


def sgd_variant(wildcards):
    """What a training's optimiser has beside the recipe's."""
    name = TRAININGS[wildcards.training].variant
    return {name: VARIANTS_OF_SGD[name]} if name != "plain" else {}


def scaffold_note(wildcards):
    """What stands under a figure: texts, model, seeds."""
    scaffold = SETTINGS.scaffold
    model = scaffold.model
    return (
        f"Generated texts of {scaffold.tokens:,} words, {scaffold.types:,} types; "
        f"one LSTM of {model.hidden} units, {model.epochs} epochs; "
        f"{named(SCAFFOLD_SEEDS)}."
    )


FILES["scaffold"] = StudyFiles(
    tabulated=SCAFFOLD_TABLES,
    params={
        "seeds": SCAFFOLD_SEEDS,
        "lengths": SETTINGS.scaffold.lengths,
        "occurrences": SETTINGS.scaffold.both_at,
        "resamples": SETTINGS.scaffold.resamples,
    },
    note=scaffold_note,
)
