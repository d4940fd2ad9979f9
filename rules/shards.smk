"""Which shard reads and measures what."""


scattergather:
    read=SETTINGS.corpus.shards,
    measuring=SETTINGS.measuring.shards,


def corpus_files(wildcards):
    """The files that a corpus is read from."""
    if SETTINGS.corpus.format == "generated":
        return [f"results/{wildcards.corpus}/raw/corpus.conllu"]
    if SETTINGS.corpus.dataset:
        name = SETTINGS.corpus.dataset
        return [f"results/data/{name}/{file}" for file in DATASETS[name].files]
    # Not the workflow's own: a module's prefix stays away from them.
    return [local(path) for path in SETTINGS.corpus.paths()]


def corpus_shard(wildcards):
    """Those of them that one job reads."""
    files = corpus_files(wildcards)
    return [files[i] for i in shard_indices(wildcards.scatteritem, len(files))]


RECORDED_EPOCHS = sorted({EPOCHS[epoch] for epoch in SETTINGS.measuring.vector_epochs})
RECORDED_SITES = [
    *("embedding", "embedding_table"),
    *MODEL.layers(SETTINGS.lm.layers),
    "logits",
]


def word_means_files(splits):
    """The per-word means of all seeds, split by split, shard by shard."""
    return [
        path
        for split in splits
        for seed in SETTINGS.seeds
        for path in gather.measuring(
            f"results/{{{{corpus}}}}/activations/{split}/seed{seed}/words/{{scatteritem}}.parquet"
        )
    ]


def weights_to_measure(wildcards):
    """The checkpoints of the epochs in a shard."""
    epochs = shard_indices(wildcards.scatteritem, len(EPOCHS))
    return [
        f"results/{wildcards.corpus}/lm/seed{wildcards.seed}/epoch{epoch}.safetensors"
        for epoch in epochs
    ]
