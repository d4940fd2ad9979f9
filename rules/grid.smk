"""Which scaffold corpora and trainings there are."""

from ontogeny.scaffold.names import Training, grid

SCAFFOLD = SETTINGS.scaffold
SCAFFOLD_SEEDS = SCAFFOLD.seeds or SETTINGS.seeds
SCAFFOLD_EPOCHS = range(SCAFFOLD.model.epochs + 1)
SPECIFICATION = SCAFFOLD.model_dump(include={"tokens", "types", "copies", "outside"})
GRID = grid(SCAFFOLD.occurrences, both_at=SCAFFOLD.both_at)
VARIANTS_OF_SGD = SCAFFOLD.variants.model_dump() if SCAFFOLD.variants else {}
TRAININGS = {
    training.name: training
    for training in [
        *GRID,
        *(Training("unfamiliar", SCAFFOLD.both_at, name) for name in VARIANTS_OF_SGD),
    ]
}


wildcard_constraints:
    training="|".join(TRAININGS),
    length=r"\d+",


def trainings_of(wildcards):
    """The trainings of a scaffold length: variants at the shortest one only."""
    variants = int(wildcards.length) == SCAFFOLD.lengths[0]
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
