"""Networks that are sparse before they learn: taggers, language models.

needs  a treebank, results/{corpus}/corpus/*.parquet or a data set in official splits
makes  results/{corpus}/predefined/pos/{tagger}/seed{seed}/{summary,sentences,curve}.parquet,
       results/{corpus}/predefined/{lm,recite,awd}/{network}/seed{seed}/
           {best.safetensors,summary.parquet,quality.parquet,curve.parquet},
       results/{corpus}/predefined/{front,checks}.parquet
"""


include: "predefined_files.smk"


rule train_predefined_taggers:
    input:
        **{
            part: treebank_part(POS.treebank if POS else "generated", part)
            for part in ["train", "dev", "test"]
        },
    output:
        **predefined_outputs("pos", SPARSE_TAGGERS, SPARSE_TAGGER_FILES, "tagger"),
    log:
        f"logs/{{corpus}}/train_predefined_taggers/{predefined_job('pos', 'tagger')}.log",
    benchmark:
        f"results/benchmarks/{{corpus}}/train_predefined_taggers/{predefined_job('pos', 'tagger')}.tsv"
    conda:
        "../envs/core.yaml"
    threads: PREDEFINED_THREADS
    resources:
        **needs("train_predefined_taggers"),
        gpu=USES_GPU,
    params:
        taggers=taggers_of,
        study=POS.model_dump(include=set(SPARSE_TAGGING_KEYS)) if POS else {},
        device=SETTINGS.device,
        threads=PREDEFINED_THREADS,
        code=core_digest("train_predefined_taggers.py"),
    message:
        "Training taggers on {wildcards.corpus}, seed {wildcards.seed}: "
        f"{in_words(STAGES, 'train_predefined_taggers')}; it resumes if killed."
    script:
        "../workflow/scripts/train_predefined_taggers.py"


rule train_predefined_lm:
    input:
        **PREDEFINED_TEXT,
    output:
        **predefined_outputs(
            "lm", SPARSE_NETWORKS.get("lm", {}), SPARSE_NETWORK_FILES, "network"
        ),
    log:
        f"logs/{{corpus}}/train_predefined_lm/{predefined_job('lm', 'network')}.log",
    benchmark:
        f"results/benchmarks/{{corpus}}/train_predefined_lm/{predefined_job('lm', 'network')}.tsv"
    conda:
        "../envs/core.yaml"
    threads: PREDEFINED_THREADS
    resources:
        **needs("train_predefined_lm"),
        gpu=USES_GPU,
    params:
        networks=networks_of("lm"),
        training=predefined_training("lm"),
        words=None,
        device=SETTINGS.device,
        threads=PREDEFINED_THREADS,
        code=core_digest("train_predefined_lm.py"),
    message:
        "Training dense and sparse language models on {wildcards.corpus}, seed "
        f"{{wildcards.seed}}: {in_words(STAGES, 'train_predefined_lm')}; it resumes."
    script:
        "../workflow/scripts/train_predefined_lm.py"


use rule train_predefined_lm as train_predefined_recite with:
    output:
        **predefined_outputs(
            "recite",
            SPARSE_NETWORKS.get("recite", {}),
            SPARSE_NETWORK_FILES,
            "network",
        ),
    log:
        f"logs/{{corpus}}/train_predefined_recite/{predefined_job('recite', 'network')}.log",
    benchmark:
        f"results/benchmarks/{{corpus}}/train_predefined_recite/{predefined_job('recite', 'network')}.tsv"
    resources:
        **needs("train_predefined_recite"),
        gpu=USES_GPU,
    params:
        networks=networks_of("recite"),
        training=predefined_training("recite"),
        words=PREDEFINED_TASKS["recite"].words if PREDEFINED_TASKS["recite"] else None,
        device=SETTINGS.device,
        threads=PREDEFINED_THREADS,
        code=core_digest("train_predefined_lm.py"),
    message:
        "Training models to recite a text of {wildcards.corpus}, seed {wildcards.seed}: "
        f"{in_words(STAGES, 'train_predefined_recite')}; it resumes if killed."


rule train_predefined_awd:
    input:
        **PREDEFINED_TEXT,
    output:
        **predefined_outputs(
            "awd", SPARSE_NETWORKS.get("awd", {}), SPARSE_NETWORK_FILES, "network"
        ),
    log:
        f"logs/{{corpus}}/train_predefined_awd/{predefined_job('awd', 'network')}.log",
    benchmark:
        f"results/benchmarks/{{corpus}}/train_predefined_awd/{predefined_job('awd', 'network')}.tsv"
    conda:
        "../envs/core.yaml"
    threads: PREDEFINED_THREADS
    resources:
        **needs("train_predefined_awd"),
        gpu=USES_GPU,
    params:
        networks=networks_of("awd"),
        training=predefined_training("awd"),
        words=None,
        device=SETTINGS.device,
        threads=PREDEFINED_THREADS,
        code=core_digest("train_predefined_awd.py"),
    message:
        "Training AWD-LSTMs on {wildcards.corpus}, seed {wildcards.seed}: "
        f"{in_words(STAGES, 'train_predefined_awd')}; it resumes if killed."
    script:
        "../workflow/scripts/train_predefined_awd.py"


rule measure_predefined:
    input:
        quality=of_networks(SPARSE_NETWORK_FILES["quality"]),
        vocabulary=[PREDEFINED_TEXT["vocabulary"]] if SPARSE_NETWORKS else [],
    output:
        front="results/{corpus}/predefined/front.parquet",
        checks="results/{corpus}/predefined/checks.parquet",
    log:
        "logs/{corpus}/measure_predefined.log",
    benchmark:
        "results/benchmarks/{corpus}/measure_predefined.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        **needs("measure_predefined"),
    params:
        networks=[
            ((task, name), network._asdict())
            for task, own in SPARSE_NETWORKS.items()
            for name, network in own.items()
        ],
        runs=PREDEFINED_RUNS["network_runs"],
        code=core_digest("measure_predefined.py"),
    message:
        "Checking sizes and timing language models of {wildcards.corpus}."
    script:
        "../workflow/scripts/measure_predefined.py"
