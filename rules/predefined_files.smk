"""What the study of predefined sparseness is made of: treebank, texts, networks."""

from ontogeny.studies.predefined.networks import as_in_paper, networks
from ontogeny.studies.predefined.taggers import taggers

PREDEFINED_SEEDS = SETTINGS.predefined.seeds or SETTINGS.seeds
PREDEFINED_THREADS = SETTINGS.predefined.threads or SETTINGS.threads
POS = SETTINGS.predefined.pos
POS_SEEDS = (POS.seeds if POS else None) or PREDEFINED_SEEDS
PREDEFINED_TASKS = {
    "pos": POS,
    "lm": SETTINGS.predefined.lm,
    "recite": SETTINGS.predefined.recite,
    "awd": SETTINGS.predefined.awd,
}
# What decides a tagger; which there are decides none.
SPARSE_TAGGING_KEYS = ["dimensions", "dropout", "weight_drop", "unknown"]
SPARSE_TAGGING_KEYS += ["learning_rate", "batch", "epochs"]
SPARSE_TAGGERS = {
    tagger.name: tagger
    for tagger in (
        taggers(
            POS.widths,
            POS.dimensions,
            POS.hidden,
            ordered_at=POS.ordered_at,
            blocks_at=POS.blocks_at,
        )
        if POS
        else []
    )
}
SPARSE_NETWORKS = networks(SETTINGS.predefined)
# Which networks there are, and how they are trained, is told apart.
PREDEFINED_NOT_TRAINING = {"together", "dense", "sparse", "reduced", "blocks", "plain"}
PREDEFINED_NOT_TRAINING |= {"embedding_blocks", "words"}
PREDEFINED_TEXT = {
    name: f"results/{{corpus}}/{SETTINGS.predefined.text}/{name}.parquet"
    for name in [*SPLITS, "vocabulary"]
}


wildcard_constraints:
    tagger="|".join(SPARSE_TAGGERS) or "none",
    network="|".join(sorted({n for own in SPARSE_NETWORKS.values() for n in own}))
    or "none",


def trained_together(task):
    """Whether one job trains all of a task and seed."""
    return bool(PREDEFINED_TASKS[task] and PREDEFINED_TASKS[task].together)


def predefined_outputs(task, names, files, wildcard):
    """Files of a training job, by what they hold: of one variant, or of a seed's all."""
    own = list(names) if trained_together(task) else [f"{{{wildcard}}}"]
    folder = f"results/{{corpus}}/predefined/{task}"
    return {
        name: [f"{folder}/{variant}/seed{{seed}}/{file}" for variant in own]
        for name, file in files.items()
    }


def predefined_job(task, wildcard):
    """What tells a task's jobs apart in the names of their logs, beside the seed."""
    return "seed{seed}" if trained_together(task) else f"{{{wildcard}}}_seed{{seed}}"


def predefined_files(task, names, file):
    """A file of each variant and seed, for a rule that reads all."""
    return expand(
        f"results/{{{{corpus}}}}/predefined/{task}/{{variant}}/seed{{seed}}/{file}",
        variant=list(names),
        seed=POS_SEEDS if task == "pos" else PREDEFINED_SEEDS,
    )


def predefined_variants(wildcards, wildcard, every):
    """What a job trains: what its wildcard names, or all."""
    one = dict(wildcards.items()).get(wildcard)
    return [every[name] for name in ([one] if one else every)]


def taggers_of(wildcards):
    """The taggers that a job trains."""
    return [
        tuple(tagger)
        for tagger in predefined_variants(wildcards, "tagger", SPARSE_TAGGERS)
    ]


def networks_of(task):
    """From wildcards to the networks that a job of a task trains."""

    def own(wildcards):
        found = predefined_variants(wildcards, "network", SPARSE_NETWORKS.get(task, {}))
        return [network._asdict() for network in found]

    return own


def predefined_training(task):
    """How the networks of a task are trained."""
    return (
        PREDEFINED_TASKS[task].model_dump(exclude=PREDEFINED_NOT_TRAINING)
        if PREDEFINED_TASKS[task]
        else {}
    )


SPARSE_TAGGER_FILES = {
    "weights": f"epoch{POS.epochs if POS else 0}.safetensors",
    **{name: f"{name}.parquet" for name in ("summary", "sentences", "curve")},
}
SPARSE_NETWORK_FILES = {
    "weights": "best.safetensors",
    **{name: f"{name}.parquet" for name in ("summary", "quality", "curve")},
}


def of_networks(file):
    """A file of every language model of the study, in the order of its runs."""
    return [
        one
        for task, own in SPARSE_NETWORKS.items()
        for one in predefined_files(task, own, file)
    ]


PREDEFINED_RUNS = {
    "tagger_runs": [(name, seed) for name in SPARSE_TAGGERS for seed in POS_SEEDS],
    "network_runs": [
        (task, name, seed)
        for task, own in SPARSE_NETWORKS.items()
        for name in own
        for seed in PREDEFINED_SEEDS
    ],
}


def predefined_note(wildcards):
    """What stands under a figure: text, treebank, seeds; or the paper's sizes."""
    if wildcards.figure in ("fig1", "fig2"):
        return f"Of sizes alone, whatever the run ({wildcards.corpus})."
    trees = POS.treebank if POS else "no treebank"
    seeds = POS_SEEDS if wildcards.figure == "fig3" else PREDEFINED_SEEDS
    return f"{wildcards.corpus}, {trees}; {named(seeds)}."


FILES["predefined"] = StudyFiles(
    tabulated={
        "taggers": predefined_files(
            "pos", SPARSE_TAGGERS, SPARSE_TAGGER_FILES["summary"]
        ),
        "tagged": predefined_files(
            "pos", SPARSE_TAGGERS, SPARSE_TAGGER_FILES["sentences"]
        ),
        "networks": of_networks(SPARSE_NETWORK_FILES["summary"]),
        "quality": of_networks(SPARSE_NETWORK_FILES["quality"]),
        "curves": of_networks(SPARSE_NETWORK_FILES["curve"]),
        "checks": "results/{corpus}/predefined/checks.parquet",
    },
    params={
        "seeds": sorted({*PREDEFINED_SEEDS, *POS_SEEDS}),
        **PREDEFINED_RUNS,
        "judged_hidden": POS.hidden[0] if POS else None,
        "dimensions": POS.dimensions if POS else None,
        "as_in_paper": as_in_paper(SETTINGS.predefined, SETTINGS.corpus.dataset),
        "resamples": SETTINGS.predefined.resamples,
    },
    asked=[f"results/{SETTINGS.name}/predefined/front.parquet"],
    note=predefined_note,
)
