"""The sparsity study: figures 2 to 5 of the paper and its §4 checks.

needs  results/{corpus}/activations/{split}/seed{seed}/words/{shard}.parquet,
       results/{corpus}/tagging/classes.parquet
makes  results/{corpus}/figures/sparsity/{figure}.{pdf,svg,png,parquet}
"""

SPARSITY_FIGURES = ["fig2", "fig3a", "fig3b", "fig4", "fig5", "checks"]


rule sparsity:
    input:
        expand(
            "results/{corpus}/figures/{figure}.{suffix}",
            corpus=SETTINGS.name,
            figure=["lm/curve"] + [f"sparsity/{name}" for name in SPARSITY_FIGURES],
            suffix=["pdf", "svg", "png", "parquet"],
        ),
        f"results/{SETTINGS.name}/tagging/accuracy.parquet",
        expand(
            rules.record_activations.output.recorded,
            corpus=SETTINGS.name,
            split=SETTINGS.measuring.splits,
            seed=SETTINGS.seeds,
            epoch=RECORDED_EPOCHS,
        ),


rule tabulate_sparsity:
    input:
        words=word_means_files(SETTINGS.measuring.splits[:1]),
        curves=expand(
            "results/{{corpus}}/lm/seed{seed}/curve.parquet", seed=SETTINGS.seeds
        ),
        vocabulary="results/{corpus}/corpus/vocabulary.parquet",
        classes="results/{corpus}/tagging/classes.parquet",
    output:
        **{
            name: f"results/{{corpus}}/figures/sparsity/{name}.parquet"
            for name in SPARSITY_FIGURES
        },
        correlations="results/{corpus}/sparsity/correlations.parquet",
    log:
        "logs/{corpus}/tabulate_sparsity.log",
    benchmark:
        "results/benchmarks/{corpus}/tabulate_sparsity.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        **needs("tabulate_sparsity"),
    params:
        seeds=SETTINGS.seeds,
        thresholds=SETTINGS.sparsity.model_dump(exclude={"class_min_count"}),
        code=core_digest("tabulate_sparsity.py"),
    message:
        "Tabulating the sparsity figures of {wildcards.corpus}."
    script:
        "../workflow/scripts/tabulate_sparsity.py"


rule plot_sparsity:
    input:
        "results/{corpus}/figures/sparsity/{figure}.parquet",
    output:
        "results/{corpus}/figures/sparsity/{figure}.pdf",
        "results/{corpus}/figures/sparsity/{figure}.png",
        report(
            "results/{corpus}/figures/sparsity/{figure}.svg",
            caption="../workflow/report/sparsity.rst",
            category="Sparsity (Saphra & Lopez 2019a)",
            labels=lookup(within=TITLES, dpath="sparsity/{figure}"),
        ),
    log:
        "logs/{corpus}/plot_sparsity/{figure}.log",
    benchmark:
        "results/benchmarks/{corpus}/plot_sparsity/{figure}.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        **needs("plot_sparsity"),
    params:
        note=note,
        code=core_digest("plot_sparsity.py"),
    message:
        "Plotting {wildcards.figure} of {wildcards.corpus}."
    script:
        "../workflow/scripts/plot_sparsity.py"
