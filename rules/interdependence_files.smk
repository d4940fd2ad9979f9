"""What the study of interdependence is made of: text, models and trees."""

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


FILES["interdependence"] = StudyFiles(
    tabulated=INTERDEPENDENCE_TABLES,
    params={
        "seeds": INTERDEPENDENCE_SEEDS,
        "min_pairs": SETTINGS.interdependence.min_pairs,
        "resamples": SETTINGS.interdependence.resamples,
    },
    # Not read for claims, but measured on the control language too.
    judged={
        "also" if name == "epochs" else name: files
        for name, files in INTERDEPENDENCE_TABLES.items()
    },
    asked=[f"results/{SETTINGS.name}/interdependence/trees.md"],
    note=interdependence_note,
)
