"""Lottery-ticket Transformers: trained, pruned again and again, compared (003).

needs  sentence pairs: a data set's files, own ones, or a generated corpus
makes  results/{corpus}/lottery/texts/{subwords.json,*.parquet},
       results/{corpus}/lottery/{dense,chain}/seed{seed}/{ticket*.safetensors,curve.parquet,
           quality.parquet,sentences.parquet},
       results/{corpus}/lottery/{modules,overlaps}.parquet,
       results/{corpus}/lottery/{chain,another,untrained}/seed{seed}/{table}.parquet
"""


include: "lottery_files.smk"


rule encode_pairs:
    input:
        [file for sides in PAIR_FILES.values() for file in sides]
        or [
            "results/{corpus}/raw/corpus.conllu",
            "results/{corpus}/corpus/kept.parquet",
        ],
    output:
        subwords=f"{LOTTERY_FOLDER}/texts/subwords.json",
        counts=f"{LOTTERY_FOLDER}/texts/counts.parquet",
        texts=[lottery_text(text) for text in PAIR_TEXTS],
    log:
        "logs/{corpus}/encode_pairs.log",
    benchmark:
        "results/benchmarks/{corpus}/encode_pairs.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        **needs("encode_pairs"),
    params:
        texts=PAIR_TEXTS,
        generated=not PAIR_FILES,
        encoding=LOTTERY.encoding(),
        lowercase=LOTTERY.lowercase,
        code=core_digest("encode_pairs.py"),
    message:
        "Learning subwords and writing sentence pairs in them, {wildcards.corpus}."
    script:
        "../workflow/scripts/encode_pairs.py"


rule train_lottery_dense:
    input:
        train=lottery_text("train"),
        valid=lottery_text("valid"),
        subwords=f"{LOTTERY_FOLDER}/texts/subwords.json",
    output:
        curve=lottery_file(DENSE, "{seed}", "curve.parquet"),
        weights=dense_files("{seed}"),
    log:
        "logs/{corpus}/train_lottery_dense/seed{seed}.log",
    benchmark:
        "results/benchmarks/{corpus}/train_lottery_dense/seed{seed}.tsv"
    conda:
        "../envs/core.yaml"
    threads: LOTTERY_THREADS
    resources:
        **needs("train_lottery_dense"),
        gpu=USES_GPU,
    params:
        training=LOTTERY.training(),
        chain=None,
        iterations=0,
        prunings_at_once=LOTTERY.prunings_at_once,
        device=SETTINGS.device,
        threads=LOTTERY_THREADS,
        code=core_digest("train_lottery.py"),
    message:
        "Training a translation model of {wildcards.corpus}, seed {wildcards.seed}: "
        f"{in_words(STAGES, 'train_lottery_dense')}; it resumes if killed."
    script:
        "../workflow/scripts/train_lottery.py"


# Not `chain`: that is a name of Snakemake's own here.
for ticket_chain in LOTTERY.chain_names():

    rule:
        name:
            f"train_lottery_{ticket_chain}"
        input:
            train=lottery_text("train"),
            valid=lottery_text("valid"),
            subwords=f"{LOTTERY_FOLDER}/texts/subwords.json",
            dense=dense_files("{seed}"),
            other=magnitude_tickets(ticket_chain),
        output:
            curve=lottery_file(ticket_chain, "{seed}", "curve.parquet"),
            weights=tickets(ticket_chain, "{seed}"),
        log:
            f"logs/{{corpus}}/train_lottery_{ticket_chain}/seed{{seed}}.log",
        benchmark:
            f"results/benchmarks/{{corpus}}/train_lottery_{ticket_chain}/seed{{seed}}.tsv"
        conda:
            "../envs/core.yaml"
        threads: LOTTERY_THREADS
        resources:
            **needs(f"train_lottery_{ticket_chain}"),
            gpu=USES_GPU,
        params:
            training=LOTTERY.training(),
            chain=ticket_chain,
            iterations=LOTTERY.chains[ticket_chain],
            prunings_at_once=LOTTERY.prunings_at_once,
            device=SETTINGS.device,
            threads=LOTTERY_THREADS,
            code=core_digest("train_lottery.py"),
        message:
            f"Pruning and retraining, {ticket_chain}, {LOTTERY.chains[ticket_chain]} times, "
            "{wildcards.corpus}, seed {wildcards.seed}; it resumes if killed."
        script:
            "../workflow/scripts/train_lottery.py"


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
