"""Words' interdependence and syntax: figures 3 and 4 of thesis chapter 5.

needs  results/{corpus}/interdependence/{pairs,epochs}/seed{seed}.parquet
makes  results/{corpus}/figures/interdependence/{figure}.{pdf,svg,png,parquet}
"""


rule interdependence:
    input:
        expand(
            "results/{corpus}/figures/interdependence/{figure}.{suffix}",
            corpus=SETTINGS.name,
            figure=INTERDEPENDENCE_FIGURES,
            suffix=["pdf", "svg", "png", "parquet"],
        ),
        f"results/{SETTINGS.name}/figures/interdependence/models.md",
        f"results/{SETTINGS.name}/interdependence/trees.md",
        expand("results/{corpus}/interdependence/claims.parquet", corpus=CORPORA),


rule tabulate_interdependence:
    input:
        **INTERDEPENDENCE_TABLES,
    output:
        **{
            name: f"results/{{corpus}}/figures/interdependence/{name}.parquet"
            for name in [*INTERDEPENDENCE_FIGURES, "models"]
        },
        models_md="results/{corpus}/figures/interdependence/models.md",
    log:
        "logs/{corpus}/tabulate_interdependence.log",
    benchmark:
        "results/benchmarks/{corpus}/tabulate_interdependence.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        **needs("tabulate_interdependence"),
    params:
        seeds=INTERDEPENDENCE_SEEDS,
        min_pairs=SETTINGS.interdependence.min_pairs,
        resamples=SETTINGS.interdependence.resamples,
        code=core_digest("tabulate_interdependence.py"),
    message:
        "Tabulating the figures of interdependence on {wildcards.corpus}."
    script:
        "../workflow/scripts/tabulate_interdependence.py"


rule plot_interdependence:
    input:
        "results/{corpus}/figures/interdependence/{figure}.parquet",
    output:
        "results/{corpus}/figures/interdependence/{figure}.pdf",
        "results/{corpus}/figures/interdependence/{figure}.png",
        report(
            "results/{corpus}/figures/interdependence/{figure}.svg",
            caption="../workflow/report/interdependence.rst",
            category="Interdependence (thesis ch. 5)",
            labels=lookup(within=TITLES, dpath="interdependence/{figure}"),
        ),
    log:
        "logs/{corpus}/plot_interdependence/{figure}.log",
    benchmark:
        "results/benchmarks/{corpus}/plot_interdependence/{figure}.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        **needs("plot_interdependence"),
    params:
        note=interdependence_note,
        code=core_digest("plot_interdependence.py"),
    message:
        "Plotting {wildcards.figure} of interdependence."
    script:
        "../workflow/scripts/plot_interdependence.py"


rule judge_interdependence:
    input:
        **INTERDEPENDENCE_TABLES,
    output:
        "results/{corpus}/interdependence/claims.parquet",
    log:
        "logs/{corpus}/judge_interdependence.log",
    benchmark:
        "results/benchmarks/{corpus}/judge_interdependence.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        **needs("judge_interdependence"),
    params:
        seeds=INTERDEPENDENCE_SEEDS,
        min_pairs=SETTINGS.interdependence.min_pairs,
        resamples=SETTINGS.interdependence.resamples,
        judged=SETTINGS.judged,
        code=core_digest("judge_interdependence.py"),
    message:
        "Judging the claims about interdependence on {wildcards.corpus}."
    script:
        "../workflow/scripts/judge_interdependence.py"
