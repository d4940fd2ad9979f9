"""Scaffolds: figures 7 to 12 of thesis chapter 5.

needs  results/{corpus}/scaffold/seed{seed}/length{length}/{measures,counts}.parquet
makes  results/{corpus}/figures/scaffold/{figure}.{pdf,svg,png,parquet}
"""


rule scaffold:
    input:
        expand(
            "results/{corpus}/figures/scaffold/{figure}.{suffix}",
            corpus=SETTINGS.name,
            figure=SCAFFOLD_FIGURES,
            suffix=["pdf", "svg", "png", "parquet"],
        ),
        f"results/{SETTINGS.name}/scaffold/claims.parquet",


rule tabulate_scaffold:
    input:
        **SCAFFOLD_TABLES,
    output:
        **{
            name: f"results/{{corpus}}/figures/scaffold/{name}.parquet"
            for name in SCAFFOLD_FIGURES
        },
    log:
        "logs/{corpus}/tabulate_scaffold.log",
    benchmark:
        "results/benchmarks/{corpus}/tabulate_scaffold.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        **needs("tabulate_scaffold"),
    params:
        seeds=SCAFFOLD_SEEDS,
        lengths=SETTINGS.scaffold.lengths,
        occurrences=SETTINGS.scaffold.both_at,
        resamples=SETTINGS.scaffold.resamples,
        code=core_digest("tabulate_scaffold.py"),
    message:
        "Tabulating the figures of scaffolds on {wildcards.corpus}."
    script:
        "../workflow/scripts/tabulate_scaffold.py"


rule plot_scaffold:
    input:
        "results/{corpus}/figures/scaffold/{figure}.parquet",
    output:
        "results/{corpus}/figures/scaffold/{figure}.pdf",
        "results/{corpus}/figures/scaffold/{figure}.png",
        report(
            "results/{corpus}/figures/scaffold/{figure}.svg",
            caption="../workflow/report/scaffold.rst",
            category="Scaffolds (thesis ch. 5)",
            labels=lookup(within=TITLES, dpath="scaffold/{figure}"),
        ),
    log:
        "logs/{corpus}/plot_scaffold/{figure}.log",
    benchmark:
        "results/benchmarks/{corpus}/plot_scaffold/{figure}.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        **needs("plot_scaffold"),
    params:
        note=scaffold_note,
        code=core_digest("plot_scaffold.py"),
    message:
        "Plotting {wildcards.figure} of scaffolds."
    script:
        "../workflow/scripts/plot_scaffold.py"


rule judge_scaffold:
    input:
        **SCAFFOLD_TABLES,
    output:
        "results/{corpus}/scaffold/claims.parquet",
    log:
        "logs/{corpus}/judge_scaffold.log",
    benchmark:
        "results/benchmarks/{corpus}/judge_scaffold.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        **needs("judge_scaffold"),
    params:
        seeds=SCAFFOLD_SEEDS,
        lengths=SETTINGS.scaffold.lengths,
        occurrences=SETTINGS.scaffold.both_at,
        resamples=SETTINGS.scaffold.resamples,
        judged=SETTINGS.judged,
        code=core_digest("judge_scaffold.py"),
    message:
        "Judging the claims about scaffolds on {wildcards.corpus}."
    script:
        "../workflow/scripts/judge_scaffold.py"
