"""How like tag models a language model is, and what can be read from it.

needs  results/{corpus}/lm/seed{seed}/epoch*.safetensors,
       results/{corpus}/texts/{domain}.parquet,
       results/{corpus}/tag_models/{tagset}/{variant}.safetensors
makes  results/{corpus}/svcca/similarity/seed{seed}.parquet,
       results/{corpus}/svcca/diagnostics/seed{seed}.parquet,
       results/benchmarks/{corpus}/cost.md
"""


include: "svcca_files.smk"
include: "tag_models.smk"
include: "svcca_probes.smk"


rule record_tag_models:
    input:
        weights=[
            f"results/{{corpus}}/tag_models/{tagset}/{variant}.safetensors"
            for _, tagset, variant in VIEWS
        ],
        texts=expand("results/{{corpus}}/texts/{domain}.parquet", domain=DOMAINS),
    output:
        vectors=temp(VIEW_VECTORS),
        moments=temp(VIEW_MOMENTS),
    log:
        "logs/{corpus}/record_tag_models/seed{seed}.log",
    benchmark:
        "results/benchmarks/{corpus}/record_tag_models/seed{seed}.tsv"
    conda:
        "../envs/core.yaml"
    threads: SETTINGS.threads
    resources:
        **needs("record_tag_models"),
        gpu=USES_GPU,
    params:
        recipe=TAG_RECIPE,
        domains=DOMAINS,
        views=VIEWS,
        device=SETTINGS.device,
        threads=SETTINGS.threads,
        code=core_digest("record_tag_models.py"),
    message:
        "Reading the texts of {wildcards.corpus} with all tag models, to compare seed "
        "{wildcards.seed}."
    script:
        "../workflow/scripts/record_tag_models.py"


rule measure_similarity:
    input:
        weights=rules.train_lm.output.weights,
        last=f"results/{{corpus}}/lm/seed{{seed}}/epoch{EPOCHS[-1]}.safetensors",
        vocabulary="results/{corpus}/corpus/vocabulary.parquet",
        texts=expand("results/{{corpus}}/texts/{domain}.parquet", domain=DOMAINS),
        vectors=VIEW_VECTORS,
        moments=VIEW_MOMENTS,
    output:
        "results/{corpus}/svcca/similarity/seed{seed}.parquet",
    log:
        "logs/{corpus}/measure_similarity/seed{seed}.log",
    benchmark:
        "results/benchmarks/{corpus}/measure_similarity/seed{seed}.tsv"
    conda:
        "../envs/core.yaml"
    threads: SETTINGS.threads
    resources:
        **needs("measure_similarity"),
        gpu=USES_GPU,
    params:
        recipe=LM_RECIPE,
        domains=DOMAINS,
        own_domain=DOMAIN_OF,
        views=VIEWS,
        presets=SETTINGS.svcca.presets,
        device=SETTINGS.device,
        threads=SETTINGS.threads,
        code=core_digest("measure_similarity.py", MODEL.module),
    message:
        "Comparing seed {wildcards.seed} of {wildcards.corpus} with tag models."
    script:
        "../workflow/scripts/measure_similarity.py"


rule diagnose:
    input:
        weights=rules.train_lm.output.weights,
        vocabulary="results/{corpus}/corpus/vocabulary.parquet",
        texts=expand("results/{{corpus}}/texts/{domain}.parquet", domain=DOMAINS),
        classes=expand(
            "results/{{corpus}}/texts/{domain}_classes.parquet", domain=DOMAINS
        ),
    output:
        "results/{corpus}/svcca/diagnostics/seed{seed}.parquet",
    log:
        "logs/{corpus}/diagnose/seed{seed}.log",
    benchmark:
        "results/benchmarks/{corpus}/diagnose/seed{seed}.tsv"
    conda:
        "../envs/core.yaml"
    threads: SETTINGS.threads
    resources:
        **needs("diagnose"),
        gpu=USES_GPU,
    params:
        recipe=LM_RECIPE,
        tokens=SETTINGS.svcca.diagnostic_tokens,
        device=SETTINGS.device,
        threads=SETTINGS.threads,
        code=core_digest("diagnose.py", MODEL.module),
    message:
        "Training diagnostic classifiers on seed {wildcards.seed} of {wildcards.corpus}."
    script:
        "../workflow/scripts/diagnose.py"


rule judge_cost:
    input:
        similarity=expand(
            "results/benchmarks/{{corpus}}/measure_similarity/seed{seed}.tsv",
            seed=SETTINGS.seeds,
        ),
        diagnostics=expand(
            "results/benchmarks/{{corpus}}/diagnose/seed{seed}.tsv",
            seed=SETTINGS.seeds,
        ),
    output:
        "results/benchmarks/{corpus}/cost.md",
    log:
        "logs/{corpus}/judge_cost.log",
    benchmark:
        "results/benchmarks/{corpus}/judge_cost.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        **needs("judge_cost"),
    params:
        judged=SETTINGS.judged,
        code=core_digest("judge_cost.py"),
    message:
        "Judging what similarity costs on {wildcards.corpus} (V31)."
    script:
        "../workflow/scripts/judge_cost.py"


include: "svcca_seeds.smk"
include: "svcca_first_epoch.smk"
