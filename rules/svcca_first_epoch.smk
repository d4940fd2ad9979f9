"""The SVCCA study within the first epoch, where `lm.early_steps` asks for it.

needs  results/{corpus}/early/seed{seed}/*.safetensors, and as svcca.smk
makes  results/{corpus}/early/seed{seed}/svcca/{similarity,pair_{other},diagnostics}.parquet
"""


use rule measure_similarity as measure_first_similarity with:
    input:
        weights=EARLY_WEIGHTS,
        last=f"results/{{corpus}}/lm/seed{{seed}}/epoch{EPOCHS[-1]}.safetensors",
        vocabulary="results/{corpus}/corpus/vocabulary.parquet",
        texts=expand("results/{{corpus}}/texts/{domain}.parquet", domain=DOMAINS),
        vectors=VIEW_VECTORS,
        moments=VIEW_MOMENTS,
    output:
        "results/{corpus}/early/seed{seed}/svcca/similarity.parquet",
    log:
        "logs/{corpus}/measure_first_similarity/seed{seed}.log",
    benchmark:
        "results/benchmarks/{corpus}/measure_first_similarity/seed{seed}.tsv"
    resources:
        **needs("measure_first_similarity"),
        gpu=USES_GPU,
    message:
        "Comparing seed {wildcards.seed} of {wildcards.corpus}, within its first epoch."


use rule compare_seeds as compare_first_seeds with:
    input:
        weights=EARLY_WEIGHTS,
        other=f"results/{{corpus}}/lm/seed{{other}}/epoch{EPOCHS[-1]}.safetensors",
        vocabulary="results/{corpus}/corpus/vocabulary.parquet",
        text="results/{corpus}/texts/articles.parquet",
    output:
        "results/{corpus}/early/seed{seed}/svcca/pair_{other}.parquet",
    log:
        "logs/{corpus}/compare_first_seeds/seed{seed}_{other}.log",
    benchmark:
        "results/benchmarks/{corpus}/compare_first_seeds/seed{seed}_{other}.tsv"
    resources:
        **needs("compare_first_seeds"),
        gpu=USES_GPU,
    message:
        "Comparing seed {wildcards.seed} of {wildcards.corpus} with seed {wildcards.other}, "
        "within its first epoch."


use rule diagnose as diagnose_first_epoch with:
    input:
        weights=EARLY_WEIGHTS,
        vocabulary="results/{corpus}/corpus/vocabulary.parquet",
        texts=expand("results/{{corpus}}/texts/{domain}.parquet", domain=DOMAINS),
        classes=expand(
            "results/{{corpus}}/texts/{domain}_classes.parquet", domain=DOMAINS
        ),
    output:
        "results/{corpus}/early/seed{seed}/svcca/diagnostics.parquet",
    log:
        "logs/{corpus}/diagnose_first_epoch/seed{seed}.log",
    benchmark:
        "results/benchmarks/{corpus}/diagnose_first_epoch/seed{seed}.tsv"
    resources:
        **needs("diagnose_first_epoch"),
        gpu=USES_GPU,
    message:
        "Training classifiers on seed {wildcards.seed} of {wildcards.corpus}, within its "
        "first epoch."
