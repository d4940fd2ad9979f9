"""Language models and their learning curves.

needs  results/{corpus}/corpus/{train,valid,test,vocabulary}.parquet
makes  results/{corpus}/lm/seed{seed}/{epoch*.safetensors,curve.parquet},
       results/{corpus}/figures/lm/curve.parquet
"""


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
