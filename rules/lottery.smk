"""Lottery-ticket Transformers: how well they translate, what pruning did to them (003).

needs  results/{corpus}/lottery/{dense,chain}/seed{seed}/ticket*.safetensors
makes  results/{corpus}/lottery/{dense,chain}/seed{seed}/{quality,sentences}.parquet,
       results/{corpus}/lottery/{modules,overlaps}.parquet,
       results/{corpus}/lottery/{chain,another,untrained}/seed{seed}/{table}.parquet
"""


include: "lottery_files.smk"
include: "lottery_tickets.smk"


if PROBES:

    include: "lottery_probes.smk"


rule translate_lottery:
    input:
        texts=[lottery_text(text) for text in TESTED_PAIRS],
        subwords=f"{LOTTERY_FOLDER}/texts/subwords.json",
        models=translated_models,
    output:
        quality=lottery_file("{trained}", "{seed}", "quality.parquet"),
        sentences=lottery_file("{trained}", "{seed}", "sentences.parquet"),
    log:
        "logs/{corpus}/translate_lottery/{trained}_seed{seed}.log",
    benchmark:
        "results/benchmarks/{corpus}/translate_lottery/{trained}_seed{seed}.tsv"
    conda:
        "../envs/core.yaml"
    threads: LOTTERY_THREADS
    resources:
        **needs("translate_lottery"),
        gpu=USES_GPU,
    params:
        tests=TESTED_PAIRS,
        decoding=LOTTERY.decoding(),
        batch=LOTTERY.batch,
        prunings_at_once=LOTTERY.prunings_at_once,
        device=SETTINGS.device,
        threads=LOTTERY_THREADS,
        code=core_digest("translate_lottery.py"),
    message:
        "Translating with models of {wildcards.trained}, {wildcards.corpus}, seed "
        "{wildcards.seed}."
    script:
        "../workflow/scripts/translate_lottery.py"


rule measure_lottery_masks:
    input:
        models=[path for run in LOTTERY_RUNS for path in tickets(*run)],
        subwords=f"{LOTTERY_FOLDER}/texts/subwords.json",
    output:
        modules=f"{LOTTERY_FOLDER}/modules.parquet",
        overlaps=f"{LOTTERY_FOLDER}/overlaps.parquet",
    log:
        "logs/{corpus}/measure_lottery_masks.log",
    benchmark:
        "results/benchmarks/{corpus}/measure_lottery_masks.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        **needs("measure_lottery_masks"),
    params:
        runs=[run for run in LOTTERY_RUNS for _ in tickets(*run)],
        prunings_at_once=LOTTERY.prunings_at_once,
        code=core_digest("measure_lottery_masks.py"),
    message:
        "Counting what was pruned where, {wildcards.corpus}."
    script:
        "../workflow/scripts/measure_lottery_masks.py"


rule measure_lottery:
    input:
        **LOTTERY_TAGGED,
        train=lottery_text("train"),
        valid=lottery_text("valid"),
        others=[lottery_text(text) for text in TESTED_PAIRS],
        subwords=f"{LOTTERY_FOLDER}/texts/subwords.json",
        dense=lottery_file(DENSE, "{seed}", "ticket0.safetensors"),
        models=compared_models,
    output:
        **{
            table: lottery_file("{compared}", "{seed}", f"{table}.parquet")
            for table in TABLES
        },
    log:
        "logs/{corpus}/measure_lottery/{compared}_seed{seed}.log",
    benchmark:
        "results/benchmarks/{corpus}/measure_lottery/{compared}_seed{seed}.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        **needs("measure_lottery"),
    params:
        model=LOTTERY.model.model_dump(),
        measuring=LOTTERY.measuring(),
        tagged=list(LOTTERY_TAGGED),
        semantics=(
            "generated semantics"
            if LOTTERY.semantics == "generated"
            else "meaning bank"
        ),
        code=core_digest("measure_lottery.py"),
    message:
        "Holding {wildcards.compared} beside LTH0, {wildcards.corpus}, seed "
        "{wildcards.seed}."
    script:
        "../workflow/scripts/measure_lottery.py"
