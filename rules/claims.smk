"""The papers' claims, judged on every seed and split.

needs  results/{corpus}/activations/{split}/seed{seed}/words/{shard}.parquet,
       results/{corpus}/svcca/{similarity,diagnostics}/seed{seed}.parquet
makes  results/{corpus}/{study}/claims.parquet, results/<name>/{claims.md,report.rst}
"""


rule judge_sparsity:
    input:
        words=word_means_files(SETTINGS.measuring.splits),
        curves=expand(
            "results/{{corpus}}/lm/seed{seed}/curve.parquet", seed=SETTINGS.seeds
        ),
        vocabulary="results/{corpus}/corpus/vocabulary.parquet",
        classes="results/{corpus}/tagging/classes.parquet",
        steps="results/{corpus}/corpus/steps.parquet",
    output:
        "results/{corpus}/sparsity/claims.parquet",
    log:
        "logs/{corpus}/judge_sparsity.log",
    benchmark:
        "results/benchmarks/{corpus}/judge_sparsity.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        **needs("judge_sparsity"),
    params:
        seeds=SETTINGS.seeds,
        runs=[
            (seed, split)
            for split in SETTINGS.measuring.splits
            for seed in SETTINGS.seeds
        ],
        thresholds=SETTINGS.sparsity.model_dump(
            exclude={"class_min_count", "resamples"}
        ),
        resamples=SETTINGS.sparsity.resamples,
        judged=SETTINGS.judged,
        papers_corpus=SETTINGS.papers_corpus,
        code=core_digest("judge_sparsity.py"),
    message:
        "Judging the claims about sparsity on {wildcards.corpus}."
    script:
        "../workflow/scripts/judge_sparsity.py"


rule judge_svcca:
    input:
        **SVCCA_TABLES,
    output:
        "results/{corpus}/svcca/claims.parquet",
    log:
        "logs/{corpus}/judge_svcca.log",
    benchmark:
        "results/benchmarks/{corpus}/judge_svcca.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        **needs("judge_svcca"),
    params:
        seeds=SETTINGS.seeds,
        preset=SETTINGS.svcca.presets[0],
        resamples=SETTINGS.svcca.resamples,
        judged=SETTINGS.judged,
        code=core_digest("judge_svcca.py"),
    message:
        "Judging the claims about similarity on {wildcards.corpus}."
    script:
        "../workflow/scripts/judge_svcca.py"


rule report_claims:
    input:
        claims=expand("results/{{corpus}}/{study}/claims.parquet", study=STUDIES),
        control=expand(
            "results/{corpus}/{study}/claims.parquet",
            corpus=CORPORA[1:],
            study=STUDIES_OF_LANGUAGE,
        ),
    output:
        markdown="results/{corpus}/claims.md",
        landing="results/{corpus}/report.rst",
    log:
        "logs/{corpus}/report_claims.log",
    benchmark:
        "results/benchmarks/{corpus}/report_claims.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        **needs("report_claims"),
    params:
        code=core_digest("report_claims.py"),
    message:
        "Writing the claims of {wildcards.corpus}."
    script:
        "../workflow/scripts/report_claims.py"


rule save_config:
    output:
        "results/{corpus}/config.yaml",
    log:
        "logs/{corpus}/save_config.log",
    benchmark:
        "results/benchmarks/{corpus}/save_config.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        **needs("save_config"),
    params:
        settings=SETTINGS.model_dump(exclude={"data_dir"}),
        code=core_digest("save_config.py"),
    message:
        "Keeping the whole configuration beside the results."
    script:
        "../workflow/scripts/save_config.py"
