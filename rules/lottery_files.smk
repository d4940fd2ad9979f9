"""What the study of lottery tickets is made of: texts, chains, nulls."""

from ontogeny.studies.lottery.names import (
    ANOTHER,
    CONTROLLED,
    DENSE,
    PROBE_TABLES,
    TABLES,
    UNTRAINED,
)

LOTTERY = SETTINGS.lottery
LOTTERY_SEEDS = LOTTERY.seeds or SETTINGS.seeds
LOTTERY_THREADS = LOTTERY.threads or SETTINGS.threads
LOTTERY_RUNS = LOTTERY.runs(LOTTERY_SEEDS)
LOTTERY_MEASURED = LOTTERY.measured(LOTTERY_SEEDS)
LOTTERY_FOLDER = "results/{corpus}/lottery"
# Files of the pairs, a pair of files a text; of a generated corpus there are none.
PAIR_FILES = {}
if LOTTERY.files:
    PAIR_FILES = {
        "train": LOTTERY.files.train,
        "valid": LOTTERY.files.valid,
        **LOTTERY.files.test,
    }
elif LOTTERY.dataset:
    PAIR_FILES = {
        text: [f"results/data/{LOTTERY.dataset}/{file}" for file in sides]
        for text, sides in DATASETS[LOTTERY.dataset].pairs.items()
    }
PAIR_TEXTS = list(PAIR_FILES) or SPLITS
TESTED_PAIRS = [text for text in PAIR_TEXTS if text not in ("train", "valid")]
DENSE_WEIGHTS = ["ticket0", "moments0", "ticket_rewound", "moments_rewound"]


wildcard_constraints:
    trained="|".join([DENSE, *LOTTERY.chain_names()]),
    compared="|".join([*LOTTERY.chain_names(), ANOTHER, UNTRAINED]),


def lottery_text(text):
    """The pairs of a text, in words and subwords."""
    return f"{LOTTERY_FOLDER}/texts/{text}.parquet"


def lottery_file(model, seed, file):
    """A file of a model or chain."""
    return f"{LOTTERY_FOLDER}/{model}/seed{seed}/{file}"


def dense_files(seed):
    """Weights and moments of LTH0, and of where weights are rewound to."""
    return [lottery_file(DENSE, seed, f"{name}.safetensors") for name in DENSE_WEIGHTS]


def tickets(chain, seed):
    """The models of a chain, in order; of the dense one, LTH0."""
    if chain == DENSE:
        return [lottery_file(DENSE, seed, "ticket0.safetensors")]
    return [
        lottery_file(chain, seed, f"ticket{number}.safetensors")
        for number in range(1, LOTTERY.chains[chain] + 1)
    ]


def of_lottery_runs(runs, file):
    """A file of every run, in their order."""
    return [lottery_file(chain, seed, file) for chain, seed in runs]


def trained_files(chain, seed):
    """What a training leaves: a chain its models, the dense one its moments too."""
    return dense_files(seed) if chain == DENSE else tickets(chain, seed)


def magnitude_tickets(chain):
    """What the shuffled chain takes its counts from; of other chains nothing."""
    if chain != "shuffled":
        return []
    return tickets("magnitude", "{seed}")[: LOTTERY.chains[chain]]


def translated_models(wildcards):
    """The models whose translations are asked for."""
    return [
        path.format(corpus=wildcards.corpus)
        for path in tickets(wildcards.trained, wildcards.seed)
    ]


def compared_models(wildcards):
    """The models that LTH0 is held beside; of untrained ones there is no file."""
    if wildcards.compared == UNTRAINED:
        return []
    chain, seed = wildcards.compared, int(wildcards.seed)
    if chain == ANOTHER:
        chain, seed = DENSE, LOTTERY.other_seed(seed, LOTTERY_SEEDS)
    return [path.format(corpus=wildcards.corpus) for path in tickets(chain, seed)]


# Texts whose words have tags, for similarities by category: the largest parts, for no
# training here reads any.
LOTTERY_TAGGED = {}
if LOTTERY.xpos:
    LOTTERY_TAGGED["xpos"] = [treebank_part(LOTTERY.xpos, "train")]
if LOTTERY.semantics:
    LOTTERY_TAGGED["sem"] = (
        [treebank_part("generated", "train")]
        if LOTTERY.semantics == "generated"
        else [
            f"results/data/{LOTTERY.semantics}/{file}"
            for file in DATASETS[LOTTERY.semantics].semantics["train"]
        ]
    )


include: "lottery_probe_files.smk"


FILES["lottery"] = StudyFiles(
    tabulated={
        "curves": of_lottery_runs(LOTTERY_RUNS, "curve.parquet"),
        "quality": of_lottery_runs(LOTTERY_RUNS, "quality.parquet"),
        "sentences": of_lottery_runs(LOTTERY_RUNS, "sentences.parquet"),
        "modules": f"{LOTTERY_FOLDER}/modules.parquet",
        "overlaps": f"{LOTTERY_FOLDER}/overlaps.parquet",
        "texts": f"{LOTTERY_FOLDER}/texts/counts.parquet",
        **{
            table: of_lottery_runs(LOTTERY_MEASURED, f"{table}.parquet")
            for table in TABLES
        },
        **{
            table: [
                probed_file(seed, shard, table).format(corpus=corpus)
                for corpus, seed, shard in PROBED
            ]
            for table in PROBE_TABLES
        },
        "probe_tasks": PROBE_TABLE if PROBES else [],
    },
    params={
        "seeds": LOTTERY_SEEDS,
        "runs": LOTTERY_RUNS,
        "measured": LOTTERY_MEASURED,
        "other_seeds": [
            (seed, LOTTERY.other_seed(seed, LOTTERY_SEEDS)) for seed in LOTTERY_SEEDS
        ],
        "probed": [
            (CONTROLLED if corpus == CONTROL else "", seed)
            for corpus, seed, _ in PROBED
        ],
        "chains": {name: LOTTERY.chains[name] for name in LOTTERY.chain_names()},
        "prunings_at_once": LOTTERY.prunings_at_once,
        "layers": LOTTERY.model.layers,
        "as_in_paper": LOTTERY.as_in_paper,
        "resamples": LOTTERY.resamples,
    },
    note=lambda wildcards: f"{wildcards.corpus}, {named(LOTTERY_SEEDS)}",
)
