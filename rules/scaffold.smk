"""Texts with scaffolds, models trained on them, measured.

makes  results/{corpus}/scaffold/seed{seed}/length{length}/{text}.parquet,
       {training}/epoch*.safetensors, {measures,counts}.parquet
"""


include: "scaffold_files.smk"


rule generate_scaffolds:
    output:
        **{
            name: f"results/{{corpus}}/scaffold/seed{{seed}}/length{{length}}/{name}.parquet"
            for name in [
                *(training.cell.name for training in GRID),
                *(f"inside_{n}" for n in SETTINGS.scaffold.occurrences),
                "outside",
                "counts",
            ]
        },
    log:
        "logs/{corpus}/generate_scaffolds/seed{seed}_length{length}.log",
    benchmark:
        "results/benchmarks/{corpus}/generate_scaffolds/seed{seed}_length{length}.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        **needs("generate_scaffolds"),
    params:
        specification=SPECIFICATION,
        cells=[tuple(training.cell) for training in GRID],
        test_items=SETTINGS.scaffold.items,
        code=core_digest("generate_scaffolds.py"),
    message:
        "Generating texts with scaffolds of {wildcards.length} words."
    script:
        "../workflow/scripts/generate_scaffolds.py"


rule train_scaffold:
    input:
        scaffold_text,
    output:
        expand(
            "results/{{corpus}}/scaffold/seed{{seed}}/length{{length}}/{{training}}/epoch{epoch}.safetensors",
            epoch=SCAFFOLD_EPOCHS,
        ),
    log:
        "logs/{corpus}/train_scaffold/seed{seed}_length{length}_{training}.log",
    benchmark:
        "results/benchmarks/{corpus}/train_scaffold/seed{seed}_length{length}_{training}.tsv"
    conda:
        "../envs/core.yaml"
    threads: SETTINGS.threads
    resources:
        **needs("train_scaffold"),
        gpu=USES_GPU,
    params:
        recipe={**SETTINGS.scaffold.model.model_dump(), "layers": 1},
        specification=SPECIFICATION,
        variant=sgd_variant,
        device=SETTINGS.device,
        threads=SETTINGS.threads,
        code=core_digest("train_scaffold.py"),
    message:
        "Training on scaffolds of {wildcards.length} words, {wildcards.training}: "
        f"{in_words(STAGES, 'train_scaffold')}; it resumes if killed."
    script:
        "../workflow/scripts/train_scaffold.py"


rule measure_scaffold:
    input:
        weights=scaffold_weights,
        inside=expand(
            "results/{{corpus}}/scaffold/seed{{seed}}/length{{length}}/inside_{n}.parquet",
            n=SETTINGS.scaffold.occurrences,
        ),
        outside="results/{corpus}/scaffold/seed{seed}/length{length}/outside.parquet",
    output:
        "results/{corpus}/scaffold/seed{seed}/length{length}/measures.parquet",
    log:
        "logs/{corpus}/measure_scaffold/seed{seed}_length{length}.log",
    benchmark:
        "results/benchmarks/{corpus}/measure_scaffold/seed{seed}_length{length}.tsv"
    conda:
        "../envs/core.yaml"
    threads: SETTINGS.threads
    resources:
        **needs("measure_scaffold"),
        gpu=USES_GPU,
    params:
        recipe={**SETTINGS.scaffold.model.model_dump(), "layers": 1},
        specification=SPECIFICATION,
        trainings=lambda wildcards: [
            tuple(training) for training in trainings_of(wildcards.length)
        ],
        occurrences=SETTINGS.scaffold.occurrences,
        reading=SETTINGS.scaffold.reading.model_dump(),
        device=SETTINGS.device,
        threads=SETTINGS.threads,
        code=core_digest("measure_scaffold.py"),
    message:
        "Measuring models of scaffolds of {wildcards.length} words."
    script:
        "../workflow/scripts/measure_scaffold.py"
