"""What probes of lottery tickets are asked of: tasks, models, jobs."""

from ontogeny.studies.lottery.probe_settings import probed_models

PROBES = LOTTERY.probes
PROBE_TASKS = PROBES.chosen() if PROBES else []
PROBE_TABLE = f"{LOTTERY_FOLDER}/probes/tasks.parquet"
PROBE_SHARDS = range(PROBES.shards) if PROBES else []
# A generated language has a control language, whose LTH0 is probed, too.
PROBED_CORPORA = [
    corpus
    for corpus in CORPORA
    if PROBES and (corpus != CONTROL or (SETTINGS.control is True and not PAIR_FILES))
]
PROBED = [
    (corpus, seed, shard)
    for corpus in PROBED_CORPORA
    for seed in LOTTERY_SEEDS
    for shard in PROBE_SHARDS
]


def probe_text(task, kind):
    """Sentences or items of a task."""
    return f"{LOTTERY_FOLDER}/probes/{task}.{kind}.parquet"


def probed_file(seed, shard, table):
    """What probes say of a seed's models."""
    return f"{LOTTERY_FOLDER}/probes/seed{seed}/{shard}/{table}.parquet"


def models_of(wildcards):
    """Chain, prunings and file of every model; of an untrained one there is no file."""
    seed = int(wildcards.seed)
    models = [(DENSE, 0, seed)]
    if wildcards.corpus != CONTROL:
        other = LOTTERY.other_seed(seed, LOTTERY_SEEDS)
        models = probed_models(LOTTERY.chains, LOTTERY.prunings_at_once, seed, other)

    def file(chain, k, own):
        ticket = f"ticket{k // LOTTERY.prunings_at_once}.safetensors"
        path = lottery_file(DENSE if k == 0 else chain, own, ticket)
        return path.format(corpus=wildcards.corpus)

    return [(chain, k, file(chain, k, own)) for chain, k, own in models]


def dealt(wildcards):
    """Tasks of a job."""
    return [task.name for task in PROBES.dealt(int(wildcards.shard))]
