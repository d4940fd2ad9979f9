"""Language models and their learning curves.

needs  results/{corpus}/corpus/{train,valid,test,vocabulary}.parquet
makes  results/{corpus}/lm/seed{seed}/{epoch*.safetensors,curve.parquet},
       results/{corpus}/early/seed{seed}/{epoch0,step*,epoch1}.safetensors,
       results/{corpus}/figures/lm/curve.parquet
"""

EARLY_STEPS = SETTINGS.lm.early_steps
EARLY_SEEDS = SETTINGS.seeds[:1] if EARLY_STEPS else []
# From the untrained model to the first epoch's end.
EARLY_WEIGHTS = [
    f"results/{{corpus}}/early/seed{{seed}}/{name}.safetensors"
    for name in ["epoch0", *(f"step{step}" for step in EARLY_STEPS), "epoch1"]
]


rule train_lm:
    input:
        train="results/{corpus}/corpus/train.parquet",
        valid="results/{corpus}/corpus/valid.parquet",
        test="results/{corpus}/corpus/test.parquet",
        vocabulary="results/{corpus}/corpus/vocabulary.parquet",
    output:
        weights=expand(
            "results/{{corpus}}/lm/seed{{seed}}/epoch{epoch}.safetensors", epoch=EPOCHS
        ),
        curve="results/{corpus}/lm/seed{seed}/curve.parquet",
    log:
        "logs/{corpus}/train_lm/seed{seed}.log",
    benchmark:
        "results/benchmarks/{corpus}/train_lm/seed{seed}.tsv"
    # Most of a run waits for it.
    priority: 50
    conda:
        "../envs/core.yaml"
    threads: SETTINGS.threads
    resources:
        **needs("train_lm"),
        gpu=USES_GPU,
    params:
        recipe=LM_RECIPE,
        device=SETTINGS.device,
        threads=SETTINGS.threads,
        code=core_digest("train_lm.py", MODEL.module),
    message:
        "Training a language model on {wildcards.corpus}, seed {wildcards.seed}."
    script:
        "../workflow/scripts/train_lm.py"


rule train_first_epoch:
    input:
        train="results/{corpus}/corpus/train.parquet",
        valid="results/{corpus}/corpus/valid.parquet",
        test="results/{corpus}/corpus/test.parquet",
        vocabulary="results/{corpus}/corpus/vocabulary.parquet",
    output:
        EARLY_WEIGHTS,
    log:
        "logs/{corpus}/train_first_epoch/seed{seed}.log",
    benchmark:
        "results/benchmarks/{corpus}/train_first_epoch/seed{seed}.tsv"
    # A step beyond the epoch's end is told before hours of training.
    priority: 60
    conda:
        "../envs/core.yaml"
    threads: SETTINGS.threads
    resources:
        **needs("train_first_epoch"),
        gpu=USES_GPU,
    params:
        recipe=LM_RECIPE,
        steps=EARLY_STEPS,
        device=SETTINGS.device,
        threads=SETTINGS.threads,
        code=core_digest("train_first_epoch.py", MODEL.module),
    message:
        "Training the first epoch on {wildcards.corpus}, seed {wildcards.seed}, again."
    script:
        "../workflow/scripts/train_first_epoch.py"


rule tabulate_curve:
    input:
        expand("results/{{corpus}}/lm/seed{seed}/curve.parquet", seed=SETTINGS.seeds),
    output:
        "results/{corpus}/figures/lm/curve.parquet",
    log:
        "logs/{corpus}/tabulate_curve.log",
    benchmark:
        "results/benchmarks/{corpus}/tabulate_curve.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        **needs("tabulate_curve"),
    params:
        seeds=SETTINGS.seeds,
        code=core_digest("tabulate_curve.py"),
    message:
        "Collecting the learning curves of {wildcards.corpus}."
    script:
        "../workflow/scripts/tabulate_curve.py"
