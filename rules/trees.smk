"""Which text, models and trees the study of interdependence reads."""

PARTS = ["train", "dev", "test"]
INTERDEPENDENCE_SEEDS = SETTINGS.interdependence.seeds or SETTINGS.seeds
ONE_LAYER_THREADS = SETTINGS.interdependence.threads or SETTINGS.threads
ONE_LAYER_EPOCHS = range(SETTINGS.interdependence.lm.epochs + 1)
READ_TEXT = {
    name: f"results/{{corpus}}/{SETTINGS.interdependence.text}/{name}.parquet"
    for name in [*SPLITS, "vocabulary"]
}
TREES = {
    "pairs": [treebank_part(SETTINGS.interdependence.treebank, part) for part in PARTS],
    "epochs": [treebank_part(SETTINGS.interdependence.treebank, "test")],
}
INTERDEPENDENCE_FIGURES = ["fig3", "fig4", "epochs"]
INTERDEPENDENCE_TABLES = {
    name: expand(
        f"results/{{{{corpus}}}}/interdependence/{file}.parquet",
        seed=INTERDEPENDENCE_SEEDS,
    )
    for name, file in {
        "pairs": "pairs/seed{seed}",
        "epochs": "epochs/seed{seed}",
        "errors": "pairs_errors/seed{seed}",
        "curves": "lm/seed{seed}/curve",
    }.items()
}


wildcard_constraints:
    measured="|".join(TREES),


def measured_trees(wildcards):
    """Parts of the treebank: all at the best epoch, the test part at every one."""
    return TREES[wildcards.measured]


def official_files(wildcards):
    """The files of the data set's own splits."""
    name = SETTINGS.corpus.dataset
    return {
        split: f"results/data/{name}/{file}"
        for split, file in DATASETS[name].splits.items()
    }


def interdependence_note(wildcards):
    """What stands under a figure: text, treebank, model, seeds."""
    study = SETTINGS.interdependence
    trees = {"generated": "a generated treebank"}.get(study.treebank, study.treebank)
    return (
        f"{wildcards.corpus} ({study.text} splits), one LSTM of {study.lm.hidden} "
        f"units; words of {trees}; {named(INTERDEPENDENCE_SEEDS)}."
    )
