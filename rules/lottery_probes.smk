"""What models of lottery tickets know of their source language: probes (003, §4).

needs  data sets of the tasks or the generated treebank; tickets
makes  results/{corpus}/lottery/probes/{task}.{sentences,items}.parquet,
       results/{corpus}/lottery/probes/tasks.parquet,
       results/{corpus}/lottery/probes/seed{seed}/{shard}/{table}.parquet
"""

from ontogeny.tasks.probing.registry import modules_of
from ontogeny.tasks.probing.task import PARTS


rule encode_probes:
    input:
        **{
            f"{task.name}_{part}": probe_files(task, part)
            for task in PROBE_TASKS
            for part in PARTS
        },
        subwords=f"{LOTTERY_FOLDER}/texts/subwords.json",
    output:
        tasks=PROBE_TABLE,
        read=[probe_text(task.name, "sentences") for task in PROBE_TASKS],
        asked=[probe_text(task.name, "items") for task in PROBE_TASKS],
    log:
        "logs/{corpus}/encode_probes.log",
    benchmark:
        "results/benchmarks/{corpus}/encode_probes.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        **needs("encode_probes"),
    params:
        texts=PROBES.texts,
        tasks=[task.name for task in PROBE_TASKS],
        selection=PROBES.selection(),
        longest=LOTTERY.longest,
        code=core_digest("encode_probes.py", *modules_of(PROBE_TASKS)),
    message:
        "Reading what probes are asked, {wildcards.corpus}."
    script:
        "../workflow/scripts/encode_probes.py"


rule probe_lottery:
    input:
        tasks=PROBE_TABLE,
        read=lambda wildcards: [
            probe_text(task, "sentences").format(corpus=wildcards.corpus)
            for task in dealt(wildcards)
        ],
        asked=lambda wildcards: [
            probe_text(task, "items").format(corpus=wildcards.corpus)
            for task in dealt(wildcards)
        ],
        subwords=f"{LOTTERY_FOLDER}/texts/subwords.json",
        models=lambda wildcards: [file for *_, file in models_of(wildcards)],
    output:
        **{table: probed_file("{seed}", "{shard}", table) for table in PROBE_TABLES},
    log:
        "logs/{corpus}/probe_lottery/seed{seed}_{shard}.log",
    benchmark:
        "results/benchmarks/{corpus}/probe_lottery/seed{seed}_{shard}.tsv"
    wildcard_constraints:
        shard=r"\d+",
    conda:
        "../envs/core.yaml"
    threads: LOTTERY_THREADS
    resources:
        **needs("probe_lottery"),
        gpu=USES_GPU,
    params:
        dealt=dealt,
        probed=lambda wildcards: [
            *((chain, k) for chain, k, _ in models_of(wildcards)),
            *[(UNTRAINED, 0)] * (wildcards.corpus != CONTROL),
        ],
        positive={task.name: task.positive for task in PROBE_TASKS if task.positive},
        model=LOTTERY.model.model_dump(),
        asking=PROBES.asking(),
        control=lambda wildcards: wildcards.corpus == CONTROL,
        batch=LOTTERY.batch,
        device=SETTINGS.device,
        threads=LOTTERY_THREADS,
        code=core_digest("probe_lottery.py"),
    message:
        "Probing {wildcards.corpus}, seed {wildcards.seed}, part {wildcards.shard}."
    script:
        "../workflow/scripts/probe_lottery.py"
