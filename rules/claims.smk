"""What all studies' claims come to, and the config beside the results.

needs  results/{corpus}/{study}/claims.parquet
makes  results/<name>/{claims.md,report.rst,config.yaml}
"""


rule report_claims:
    input:
        claims=expand("results/{{corpus}}/{study}/claims.parquet", study=STUDIES),
        control=expand(
            "results/{corpus}/{study}/claims.parquet",
            corpus=CORPORA[1:],
            study=CONTROLLED_STUDIES,
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
        shuffled=SETTINGS.control == "shuffled",
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
