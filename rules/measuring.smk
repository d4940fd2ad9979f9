"""What the language models do at every epoch.

needs  results/{corpus}/lm/seed{seed}/epoch{epoch}.safetensors,
       results/{corpus}/corpus/{train,valid,test,vocabulary}.parquet
makes  results/{corpus}/activations/{split}/seed{seed}/words/{shard}.parquet and,
       where asked for, epoch{epoch}/{site}.parquet and recorded/epoch{epoch}.parquet;
       results/{corpus}/early/seed{seed}/words/{split}.parquet
"""


rule measure_activations:
    input:
        weights=weights_to_measure,
        tokens="results/{corpus}/corpus/{split}.parquet",
        vocabulary="results/{corpus}/corpus/vocabulary.parquet",
    output:
        "results/{corpus}/activations/{split}/seed{seed}/words/{scatteritem}.parquet",
    log:
        "logs/{corpus}/measure_activations/{split}_seed{seed}_{scatteritem}.log",
    benchmark:
        "results/benchmarks/{corpus}/measure_activations/{split}_seed{seed}_{scatteritem}.tsv"
    conda:
        "../envs/core.yaml"
    threads: SETTINGS.threads
    resources:
        **needs("measure_activations"),
        gpu=USES_GPU,
    params:
        recipe=LM_RECIPE,
        tokens=SETTINGS.measuring.tokens,
        device=SETTINGS.device,
        threads=SETTINGS.threads,
        code=core_digest("measure_activations.py", MODEL.module),
    message:
        "Measuring activations and gradients of seed {wildcards.seed} on the "
        "{wildcards.split} split of {wildcards.corpus}, shard {wildcards.scatteritem}."
    script:
        "../workflow/scripts/measure_activations.py"


use rule measure_activations as measure_first_epoch with:
    input:
        weights=EARLY_WEIGHTS,
        tokens="results/{corpus}/corpus/{split}.parquet",
        vocabulary="results/{corpus}/corpus/vocabulary.parquet",
    output:
        "results/{corpus}/early/seed{seed}/words/{split}.parquet",
    log:
        "logs/{corpus}/measure_first_epoch/{split}_seed{seed}.log",
    benchmark:
        "results/benchmarks/{corpus}/measure_first_epoch/{split}_seed{seed}.tsv"
    resources:
        **needs("measure_first_epoch"),
        gpu=USES_GPU,
    message:
        "Measuring activations and gradients of seed {wildcards.seed} within its first "
        "epoch on the {wildcards.split} split of {wildcards.corpus}."


rule record_activations:
    input:
        weights="results/{corpus}/lm/seed{seed}/epoch{epoch}.safetensors",
        tokens="results/{corpus}/corpus/{split}.parquet",
        vocabulary="results/{corpus}/corpus/vocabulary.parquet",
    output:
        recorded="results/{corpus}/activations/{split}/seed{seed}/recorded/epoch{epoch}.parquet",
        vectors=expand(
            "results/{{corpus}}/activations/{{split}}/seed{{seed}}/epoch{{epoch}}/{site}.parquet",
            site=RECORDED_SITES,
        ),
    log:
        "logs/{corpus}/record_activations/{split}_seed{seed}_epoch{epoch}.log",
    benchmark:
        "results/benchmarks/{corpus}/record_activations/{split}_seed{seed}_epoch{epoch}.tsv"
    conda:
        "../envs/core.yaml"
    threads: SETTINGS.threads
    resources:
        **needs("record_activations"),
        gpu=USES_GPU,
    params:
        recipe=LM_RECIPE,
        tokens=SETTINGS.measuring.tokens,
        vector_tokens=SETTINGS.measuring.vector_tokens,
        device=SETTINGS.device,
        threads=SETTINGS.threads,
        code=core_digest("record_activations.py", MODEL.module),
    message:
        "Recording activations and gradients of seed {wildcards.seed} after epoch "
        "{wildcards.epoch} on the {wildcards.split} split of {wildcards.corpus}."
    script:
        "../workflow/scripts/record_activations.py"


# Not part of `sparsity`, which asks only for `recorded`: vectors may be deleted
# (make clean-activations), and nothing is out of date.
rule measurements:
    input:
        expand(
            rules.record_activations.output.vectors,
            corpus=SETTINGS.name,
            split=SETTINGS.measuring.splits,
            seed=SETTINGS.seeds,
            epoch=RECORDED_EPOCHS,
        ),
