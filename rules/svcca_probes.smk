"""When is what decodable? Tasks of probes asked of a language model, by epoch.

needs  results/{corpus}/lm/seed{seed}/epoch*.safetensors, what the tasks are read from
makes  results/{corpus}/svcca/probes/seed{seed}.parquet
"""

from ontogeny.tasks.probing.registry import modules_of
from ontogeny.tasks.probing.task import PARTS


rule probe_lm:
    input:
        **{
            f"{task.name}_{part}": probe_files(task, part)
            for task in EPOCH_TASKS
            for part in PARTS
        },
        weights=[
            f"results/{{corpus}}/lm/seed{{seed}}/epoch{epoch}.safetensors"
            for epoch in PROBED_EPOCHS
        ],
        vocabulary="results/{corpus}/corpus/vocabulary.parquet",
    output:
        "results/{corpus}/svcca/probes/seed{seed}.parquet",
    log:
        "logs/{corpus}/probe_lm/seed{seed}.log",
    benchmark:
        "results/benchmarks/{corpus}/probe_lm/seed{seed}.tsv"
    conda:
        "../envs/core.yaml"
    threads: SETTINGS.threads
    resources:
        **needs("probe_lm"),
        gpu=USES_GPU,
    params:
        recipe=LM_RECIPE,
        texts=EPOCH_PROBES.texts if EPOCH_PROBES else "",
        tasks=[task.name for task in EPOCH_TASKS],
        selection=EPOCH_PROBES.selection() if EPOCH_PROBES else {},
        device=SETTINGS.device,
        threads=SETTINGS.threads,
        code=core_digest("probe_lm.py", MODEL.module, *modules_of(EPOCH_TASKS)),
    message:
        "Asking seed {wildcards.seed} of {wildcards.corpus} tasks of probes."
    script:
        "../workflow/scripts/probe_lm.py"
