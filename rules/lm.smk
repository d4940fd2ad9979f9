"""Language models, and what they do at every epoch.

needs  results/{corpus}/corpus/{train,valid,test,vocabulary}.parquet
makes  results/{corpus}/lm/seed{seed}/{epoch*.safetensors,curve.parquet},
       results/{corpus}/activations/{split}/seed{seed}/words.parquet and, where
       asked for, epoch{epoch}/{site}.parquet,
       results/{corpus}/figures/lm/curve.{pdf,svg,png,parquet}
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
        mem_mb=2000,
        runtime=2880,
        gpu=USES_GPU,
    params:
        recipe=SETTINGS.lm.model_dump(),
        device=SETTINGS.device,
        threads=SETTINGS.threads,
        code=core_digest("train_lm.py"),
    message:
        "Training a language model on {wildcards.corpus}, seed {wildcards.seed}."
    script:
        "../workflow/scripts/train_lm.py"


rule measure_activations:
    input:
        weights=rules.train_lm.output.weights,
        tokens="results/{corpus}/corpus/{split}.parquet",
        vocabulary="results/{corpus}/corpus/vocabulary.parquet",
    output:
        words="results/{corpus}/activations/{split}/seed{seed}/words.parquet",
        vectors=VECTOR_FILES,
    log:
        "logs/{corpus}/measure_activations/{split}_seed{seed}.log",
    benchmark:
        "results/benchmarks/{corpus}/measure_activations/{split}_seed{seed}.tsv"
    conda:
        "../envs/core.yaml"
    threads: SETTINGS.threads
    resources:
        mem_mb=2000,
        runtime=480,
        gpu=USES_GPU,
    params:
        recipe=SETTINGS.lm.model_dump(),
        tokens=SETTINGS.measuring.tokens,
        vector_tokens=SETTINGS.measuring.vector_tokens,
        device=SETTINGS.device,
        threads=SETTINGS.threads,
        code=core_digest("measure_activations.py"),
    message:
        "Measuring activations and gradients of seed {wildcards.seed} on the "
        "{wildcards.split} split of {wildcards.corpus}."
    script:
        "../workflow/scripts/measure_activations.py"


# By itself: the sparsity study makes the vectors too, and does not need them again.
rule measurements:
    input:
        expand(
            rules.measure_activations.output.vectors,
            corpus=SETTINGS.name,
            split=SETTINGS.measuring.splits,
            seed=SETTINGS.seeds,
        ),


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
        mem_mb=500,
        runtime=10,
    params:
        seeds=SETTINGS.seeds,
        code=core_digest("tabulate_curve.py"),
    message:
        "Collecting the learning curves of {wildcards.corpus}."
    script:
        "../workflow/scripts/tabulate_curve.py"


rule plot_curve:
    input:
        "results/{corpus}/figures/lm/curve.parquet",
    output:
        "results/{corpus}/figures/lm/curve.pdf",
        "results/{corpus}/figures/lm/curve.png",
        report(
            "results/{corpus}/figures/lm/curve.svg",
            caption="../workflow/report/lm.rst",
            category="Training",
            labels=lookup(within=TITLES, dpath="lm/curve"),
        ),
    log:
        "logs/{corpus}/plot_curve.log",
    benchmark:
        "results/benchmarks/{corpus}/plot_curve.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=10,
    params:
        note=note,
        code=core_digest("plot_curve.py"),
    message:
        "Plotting the learning curves of {wildcards.corpus}."
    script:
        "../workflow/scripts/plot_curve.py"
