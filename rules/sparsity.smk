"""What the sparsity study is made of; its measuring is in measuring.smk."""

SPARSITY_TABLES = {
    "curves": expand(
        "results/{{corpus}}/lm/seed{seed}/curve.parquet", seed=SETTINGS.seeds
    ),
    "vocabulary": "results/{corpus}/corpus/vocabulary.parquet",
    "classes": "results/{corpus}/tagging/classes.parquet",
}
FILES["sparsity"] = StudyFiles(
    tabulated={
        "words": word_means_files(SETTINGS.measuring.splits[:1]),
        **SPARSITY_TABLES,
        **{
            "early": [
                f"results/{{corpus}}/early/seed{seed}/words/"
                f"{SETTINGS.measuring.splits[0]}.parquet"
            ]
            for seed in EARLY_SEEDS
        },
    },
    params={
        "seeds": SETTINGS.seeds,
        "runs": SETTINGS.seeds,
        "thresholds": SETTINGS.sparsity.model_dump(
            exclude={"class_min_count", "resamples"}
        ),
        "resamples": SETTINGS.sparsity.resamples,
    },
    judged={
        "words": word_means_files(SETTINGS.measuring.splits),
        **SPARSITY_TABLES,
        "steps": "results/{corpus}/corpus/steps.parquet",
    },
    judged_params={
        "runs": [
            (seed, split)
            for split in SETTINGS.measuring.splits
            for seed in SETTINGS.seeds
        ],
        "papers_corpus": SETTINGS.papers_corpus,
    },
    asked=[
        *expand(
            "results/{corpus}/figures/lm/curve.{suffix}",
            corpus=SETTINGS.name,
            suffix=["pdf", "svg", "png", "parquet"],
        ),
        f"results/{SETTINGS.name}/tagging/accuracy.parquet",
        *expand(
            rules.record_activations.output.recorded,
            corpus=SETTINGS.name,
            split=SETTINGS.measuring.splits,
            seed=SETTINGS.seeds,
            epoch=RECORDED_EPOCHS,
        ),
    ],
)
