"""The SVCCA study: figures 2 to 11 and table 2 of thesis chapter 4.

needs  results/{corpus}/svcca/{similarity,diagnostics}/seed{seed}.parquet,
       results/{corpus}/tag_models/{tagset}/scores.parquet
makes  results/{corpus}/figures/svcca/{figure}.{pdf,svg,png,parquet},
       results/{corpus}/figures/svcca/table2.{md,parquet},
       results/benchmarks/{corpus}/cost.md
"""

SVCCA_FIGURES = [*(f"fig{number}" for number in range(2, 12)), "stabilisation"]


rule svcca:
    input:
        expand(
            "results/{corpus}/figures/svcca/{figure}.{suffix}",
            corpus=SETTINGS.name,
            figure=SVCCA_FIGURES,
            suffix=["pdf", "svg", "png", "parquet"],
        ),
        f"results/{SETTINGS.name}/figures/svcca/table2.md",
        f"results/benchmarks/{SETTINGS.name}/cost.md",
        expand("results/{corpus}/svcca/claims.parquet", corpus=CORPORA),


rule tabulate_svcca:
    input:
        **SVCCA_TABLES,
    output:
        **{
            name: f"results/{{corpus}}/figures/svcca/{name}.parquet"
            for name in [*SVCCA_FIGURES, "table2"]
        },
        table2_md="results/{corpus}/figures/svcca/table2.md",
    log:
        "logs/{corpus}/tabulate_svcca.log",
    benchmark:
        "results/benchmarks/{corpus}/tabulate_svcca.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        **needs("tabulate_svcca"),
    params:
        seeds=SETTINGS.seeds,
        preset=SETTINGS.svcca.presets[0],
        resamples=SETTINGS.svcca.resamples,
        code=core_digest("tabulate_svcca.py"),
    message:
        "Tabulating the SVCCA figures of {wildcards.corpus}."
    script:
        "../workflow/scripts/tabulate_svcca.py"


rule plot_svcca:
    input:
        "results/{corpus}/figures/svcca/{figure}.parquet",
    output:
        "results/{corpus}/figures/svcca/{figure}.pdf",
        "results/{corpus}/figures/svcca/{figure}.png",
        report(
            "results/{corpus}/figures/svcca/{figure}.svg",
            caption="../workflow/report/svcca.rst",
            category="SVCCA (Saphra & Lopez 2019b)",
            labels=lookup(within=TITLES, dpath="svcca/{figure}"),
        ),
    log:
        "logs/{corpus}/plot_svcca/{figure}.log",
    benchmark:
        "results/benchmarks/{corpus}/plot_svcca/{figure}.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        **needs("plot_svcca"),
    params:
        note=svcca_note,
        code=core_digest("plot_svcca.py"),
    message:
        "Plotting {wildcards.figure} of {wildcards.corpus}."
    script:
        "../workflow/scripts/plot_svcca.py"


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
