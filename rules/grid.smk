"""Which scaffold corpora and trainings there are."""

from ontogeny.scaffold.names import Training, grid

SCAFFOLD_SEEDS = SETTINGS.scaffold.seeds or SETTINGS.seeds
SCAFFOLD_EPOCHS = range(SETTINGS.scaffold.model.epochs + 1)
SPECIFICATION = {
    "tokens": SETTINGS.scaffold.tokens,
    "types": SETTINGS.scaffold.types,
    "copies": SETTINGS.scaffold.copies,
    "outside": SETTINGS.scaffold.outside,
}
GRID = grid(SETTINGS.scaffold.occurrences, both_at=SETTINGS.scaffold.both_at)
VARIANTS_OF_SGD = (
    SETTINGS.scaffold.variants.model_dump() if SETTINGS.scaffold.variants else {}
)
TRAININGS = {
    training.name: training
    for training in [
        *GRID,
        *(
            Training("unfamiliar", SETTINGS.scaffold.both_at, name)
            for name in VARIANTS_OF_SGD
        ),
    ]
}
SCAFFOLD_FIGURES = ["fig7a", "fig7b", *(f"fig{number}" for number in range(8, 13))]
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


def trainings_of(wildcards):
    """The trainings of a scaffold length: variants at the shortest one only."""
    variants = int(wildcards.length) == SETTINGS.scaffold.lengths[0]
    return [t for t in TRAININGS.values() if variants or t.variant == "plain"]


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
        for training in trainings_of(wildcards)
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
