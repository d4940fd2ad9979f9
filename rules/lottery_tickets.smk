"""Translation models: trained, then pruned and retrained again and again.

needs  sentence pairs: a data set's files, own ones, or a generated corpus
makes  results/{corpus}/lottery/texts/{subwords.json,*.parquet},
       results/{corpus}/lottery/{dense,chain}/seed{seed}/{ticket*.safetensors,curve.parquet}
"""


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
        reader="files" if PAIR_FILES else "generated",
        words={"lowercase": LOTTERY.lowercase} if PAIR_FILES else {},
        encoding=LOTTERY.encoding(),
        code=core_digest("encode_pairs.py"),
    message:
        "Learning subwords and writing sentence pairs in them, {wildcards.corpus}."
    script:
        "../workflow/scripts/encode_pairs.py"


for name in [DENSE, *LOTTERY.chain_names()]:

    rule:
        name:
            f"train_lottery_{name}"
        input:
            train=lottery_text("train"),
            valid=lottery_text("valid"),
            subwords=f"{LOTTERY_FOLDER}/texts/subwords.json",
            dense=dense_files("{seed}") if name != DENSE else [],
            other=magnitude_tickets(name),
        output:
            curve=lottery_file(name, "{seed}", "curve.parquet"),
            weights=trained_files(name, "{seed}"),
        log:
            f"logs/{{corpus}}/train_lottery_{name}/seed{{seed}}.log",
        benchmark:
            f"results/benchmarks/{{corpus}}/train_lottery_{name}/seed{{seed}}.tsv"
        conda:
            "../envs/core.yaml"
        threads: LOTTERY_THREADS
        resources:
            **needs(f"train_lottery_{name}"),
            gpu=USES_GPU,
        params:
            training=LOTTERY.training(),
            chain=name,
            iterations=LOTTERY.chains.get(name, 0),
            prunings_at_once=LOTTERY.prunings_at_once,
            device=SETTINGS.device,
            threads=LOTTERY_THREADS,
            code=core_digest("train_lottery.py"),
        message:
            f"Training {name} of lottery tickets, {{wildcards.corpus}}, seed "
            f"{{wildcards.seed}}: {in_words(STAGES, f'train_lottery_{name}')}; it "
            "resumes if killed."
        script:
            "../workflow/scripts/train_lottery.py"
