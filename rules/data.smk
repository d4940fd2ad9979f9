"""Data sets of config/datasets.yaml, from `data_dir` or downloaded.

makes  results/data/{dataset}/{file}
"""

DATASET_FILES = {
    name: {
        file: {
            **entry.model_dump(),
            "licence": dataset.licence,
            "bytes": entry.bytes or 0,
        }
        for file, entry in dataset.files.items()
    }
    for name, dataset in DATASETS.items()
}


rule fetch:
    output:
        "results/data/{dataset}/{file}",
    log:
        "logs/fetch/{dataset}/{file}.log",
    benchmark:
        "results/benchmarks/fetch/{dataset}/{file}.tsv"
    localrule: True
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        **needs("fetch"),
        # No parameter: another folder with the same files is no reason to run again.
        data_dir=SETTINGS.data_dir or "",
        most_bytes=lookup(within=DATASET_FILES, dpath="{dataset}/{file}/bytes"),
    params:
        url=lookup(within=DATASET_FILES, dpath="{dataset}/{file}/url"),
        sha256=lookup(within=DATASET_FILES, dpath="{dataset}/{file}/sha256"),
        licence=lookup(within=DATASET_FILES, dpath="{dataset}/{file}/licence"),
        code=core_digest("fetch.py"),
    message:
        "Fetching {wildcards.dataset}/{wildcards.file} (licence: {params.licence})."
    script:
        "../workflow/scripts/fetch.py"
