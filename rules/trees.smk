"""Which text, models and trees the study of interdependence reads."""

INTERDEPENDENCE_SEEDS = SETTINGS.interdependence.seeds or SETTINGS.seeds
ONE_LAYER_THREADS = SETTINGS.interdependence.threads or SETTINGS.threads
ONE_LAYER_EPOCHS = range(SETTINGS.interdependence.lm.epochs + 1)
READ_TEXT = {
    name: f"results/{{corpus}}/{SETTINGS.interdependence.text}/{name}.parquet"
    for name in [*SPLITS, "vocabulary"]
}


def official_files(wildcards):
    """The files of the data set's own splits."""
    name = SETTINGS.corpus.dataset
    return {
        split: f"results/data/{name}/{file}"
        for split, file in DATASETS[name].splits.items()
    }
