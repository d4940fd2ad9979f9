"""What every study has: a target, tables, figures and judged claims.

Rules are made here by name for each of ontogeny.studies.names.NAMES: `svcca`,
`tabulate_svcca`, `judge_svcca`; one rule, `plot_figure`, draws every figure. What
differs is said by the study's own rules, as its FILES (rules/studies.smk).

needs  what the study's own rules make
makes  results/{corpus}/figures/{study}/{figure}.{pdf,svg,png,parquet},
       results/{corpus}/{study}/claims.parquet
"""

# Also of those that `all` does not make: each is a target.
for study in [ABOUT[name] for name in NAMES]:

    files = FILES[study.name]
    figures = study.asked(early=bool(EARLY_STEPS))

    rule:
        name:
            study.name
        input:
            expand(
                "results/{corpus}/figures/{study}/{figure}.{suffix}",
                corpus=SETTINGS.name,
                study=study.name,
                figure=[figure.name for figure in figures],
                suffix=["pdf", "svg", "png", "parquet"],
            ),
            expand(
                "results/{corpus}/{page}",
                corpus=SETTINGS.name,
                page=[page.file for page in study.pages],
            ),
            expand(
                "results/{corpus}/{study}/claims.parquet",
                corpus=corpora_of(study.name),
                study=study.name,
            ),
            files.asked,

    rule:
        name:
            f"tabulate_{study.name}"
        input:
            **files.tabulated,
        output:
            **{
                figure.name: f"results/{{corpus}}/figures/{study.name}/{figure.name}.parquet"
                for figure in figures
            },
            **{name: f"results/{{corpus}}/{file}" for name, file in study.tables},
        log:
            f"logs/{{corpus}}/tabulate_{study.name}.log",
        benchmark:
            f"results/benchmarks/{{corpus}}/tabulate_{study.name}.tsv"
        conda:
            "../envs/core.yaml"
        threads: 1
        resources:
            **needs(f"tabulate_{study.name}"),
        params:
            **files.params,
            study=study.name,
            code=core_digest("tabulate.py", *modules(study.name, "inputs", "figures")),
        message:
            f"Tabulating the figures of {study.name} on {{wildcards.corpus}}."
        script:
            "../workflow/scripts/tabulate.py"

    rule:
        name:
            f"judge_{study.name}"
        input:
            **(files.judged or files.tabulated),
        output:
            f"results/{{corpus}}/{study.name}/claims.parquet",
        log:
            f"logs/{{corpus}}/judge_{study.name}.log",
        benchmark:
            f"results/benchmarks/{{corpus}}/judge_{study.name}.tsv"
        conda:
            "../envs/core.yaml"
        threads: 1
        resources:
            **needs(f"judge_{study.name}"),
        params:
            **{**files.params, **files.judged_params},
            study=study.name,
            judged=SETTINGS.judged,
            code=core_digest("judge.py", *modules(study.name, "inputs", "claims")),
        message:
            f"Judging the claims of {study.name} on {{wildcards.corpus}}."
        script:
            "../workflow/scripts/judge.py"


rule plot_figure:
    input:
        "results/{corpus}/figures/{study}/{figure}.parquet",
    output:
        "results/{corpus}/figures/{study}/{figure}.pdf",
        "results/{corpus}/figures/{study}/{figure}.png",
        report(
            "results/{corpus}/figures/{study}/{figure}.svg",
            caption="../workflow/report/figure.rst",
            category=category,
            labels=lookup(within=LABELS, dpath="{study}/{figure}"),
        ),
    log:
        "logs/{corpus}/plot_figure/{study}_{figure}.log",
    benchmark:
        "results/benchmarks/{corpus}/plot_figure/{study}_{figure}.tsv"
    wildcard_constraints:
        study="|".join(LABELS),
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        **needs("plot_figure"),
    params:
        note=note,
        caption=lookup(within=CAPTIONS, dpath="{study}/{figure}"),
        code=lookup(within=PLOT_CODE, dpath="{study}"),
    message:
        "Plotting {wildcards.figure} of {wildcards.study} on {wildcards.corpus}."
    script:
        "../workflow/scripts/plot_figure.py"
