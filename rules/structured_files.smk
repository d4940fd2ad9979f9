"""What the study of structured sparsification is made of: tasks and variants."""

from ontogeny.studies.structured.names import identifier, training_jobs

SPARSE_TASKS = SETTINGS.structured.tasks
MEASURED_TABLES = [
    "structure",
    "counts",
    "quality",
    "gradients",
    "units",
    "times",
    "gates",
]
TRAINING_JOBS = training_jobs(SPARSE_TASKS)
# By a name that a rule can end in.
IDENTIFIERS = {identifier(task): task for task in SPARSE_TASKS}
ENCODED = {
    name: task
    for name, task in IDENTIFIERS.items()
    if SPARSE_TASKS[task].kind != "words"
}


def trainer_of(task):
    """The module that trains a task's variants."""
    return f"ontogeny.studies.structured.{SPARSE_TASKS[task].trainer}_variants"


def structured_seeds(task):
    """Seeds of a task's models."""
    return SPARSE_TASKS[task].seeds or SETTINGS.seeds


def sparse_file(task, variant, file):
    """A file of a variant's training, of a corpus and a seed."""
    return f"results/{{corpus}}/structured/{task}/{variant}/seed{{seed}}/{file}"


def kept_weights(task, variant):
    """Weights that a training leaves: those that validate best, and of some epochs."""
    epochs = [f"epoch{epoch}.safetensors" for epoch in SPARSE_TASKS[task].kept(variant)]
    return [sparse_file(task, variant, file) for file in ["best.safetensors", *epochs]]


def training_outputs(task, variants):
    """Curves and weights of some variants."""
    return [
        file
        for variant in variants
        for file in [
            sparse_file(task, variant, "curve.parquet"),
            *kept_weights(task, variant),
        ]
    ]


def training_text(task):
    """The encoded text that networks learn from."""
    about = SPARSE_TASKS[task]
    if about.kind == "words":
        names, folder = [*SPLITS, "vocabulary"], about.text
    else:
        folder = f"structured/{task}/data"
        names = [*SPLITS, "vocabulary"] + ["labels"] * (about.kind == "texts")
    return {name: f"results/{{corpus}}/{folder}/{name}.parquet" for name in names}


def vectors_of(task):
    """The file of word vectors that an embedding begins with, if there is one."""
    return [SPARSE_TASKS[task].vectors] if SPARSE_TASKS[task].vectors else []


def task_files(task):
    """Files that a task's texts or characters are read from."""
    about = SPARSE_TASKS[task]
    if about.files:
        return about.files
    if about.dataset is None:
        return {"train": ["results/{corpus}/raw/corpus.conllu"]}
    parts = DATASETS[about.dataset]
    chosen = parts.labelled if about.kind == "texts" else parts.splits
    folder = f"results/data/{about.dataset}"
    return {
        part: (
            [f"{folder}/{file}" for file in files]
            if about.kind == "texts"
            else f"{folder}/{files}"
        )
        for part, files in chosen.items()
    }


def pruned_before(task, variants):
    """Last weights of W+G+N, where variants of another job take their sizes there."""
    asks = {"narrow", "mask"} & set(variants) and "wgn" not in variants
    last = f"epoch{SPARSE_TASKS[task].epochs}.safetensors"
    return [sparse_file(task, "wgn", last)] if asks else []


def weights_of(task):
    """What of a seed's trainings is measured, in one job: a function of wildcards."""

    def weights(wildcards):
        variants = SPARSE_TASKS[task].variants_of(int(wildcards.seed))
        kept = [file for one in variants for file in kept_weights(task, one)]
        return [file.format(**wildcards) for file in kept]

    return weights


def settings_of(task):
    """Settings of the variants that are trained with a seed: a function of wildcards."""

    def settings(wildcards):
        about = SPARSE_TASKS[task]
        return {one: about.of(one) for one in about.variants_of(int(wildcards.seed))}

    return settings


SPARSE_RUNS = [
    (task, variant, seed)
    for task, about in SPARSE_TASKS.items()
    for seed in structured_seeds(task)
    for variant in about.variants_of(seed)
]
MEASURED_SPARSE_RUNS = [
    (task, seed) for task in SPARSE_TASKS for seed in structured_seeds(task)
]
STRUCTURED_TABLES = {
    "curves": [
        sparse_file(task, variant, "curve.parquet").replace("{seed}", str(seed))
        for task, variant, seed in SPARSE_RUNS
    ],
    **{
        name: [
            f"results/{{corpus}}/structured/{task}/seed{seed}/{name}.parquet"
            for task, seed in MEASURED_SPARSE_RUNS
        ]
        for name in MEASURED_TABLES
    },
}
# The front of quality against size also has the networks of 002, where they are made.
FRONT_OF_PREDEFINED = (
    {"predefined": ["results/{corpus}/predefined/front.parquet"]}
    if "predefined" in STUDIES
    else {}
)

# Gates of the language models that others train anyway: by seed.
OTHER_LSTMS = (
    {
        "lm_gates": [
            f"results/{{corpus}}/structured/lm_gates/seed{seed}.parquet"
            for seed in SETTINGS.seeds
        ]
    }
    if {"sparsity", "svcca"} & set(STUDIES)
    else {}
)


def structured_note(wildcards):
    """What stands under a figure: corpus, split if quality is shown, the tasks' seeds."""
    seeds = sorted({seed for _, _, seed in SPARSE_RUNS})
    split = "test split, " if wildcards.figure in ("front", "sweep") else ""
    return f"{wildcards.corpus}, {split}{named(seeds)}"


FILES["structured"] = StudyFiles(
    tabulated=STRUCTURED_TABLES | FRONT_OF_PREDEFINED | OTHER_LSTMS,
    judged=STRUCTURED_TABLES,
    judged_params={"control": lambda wildcards: wildcards.corpus == CONTROL},
    params={
        "runs": SPARSE_RUNS,
        "measured": MEASURED_SPARSE_RUNS,
        "lm_seeds": SETTINGS.seeds,
        "tasks": {name: task.about() for name, task in SPARSE_TASKS.items()},
        "resamples": SETTINGS.structured.resamples,
    },
    note=structured_note,
)
