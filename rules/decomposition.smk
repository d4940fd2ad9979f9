"""The one-layer language model, and interdependence of a treebank's word pairs.

needs  results/{corpus}/corpus/*.parquet or a data set in official splits,
       a treebank
makes  results/{corpus}/official/{train,valid,test,vocabulary}.parquet,
       results/{corpus}/interdependence/lm/seed{seed}/{epoch*.safetensors,curve.parquet},
       results/{corpus}/interdependence/{pairs,epochs}{,_errors}/seed{seed}.parquet
"""


rule encode_official:
    input:
        unpack(official_files),
    output:
        train="results/{corpus}/official/train.parquet",
        valid="results/{corpus}/official/valid.parquet",
        test="results/{corpus}/official/test.parquet",
        vocabulary="results/{corpus}/official/vocabulary.parquet",
    log:
        "logs/{corpus}/encode_official.log",
    benchmark:
        "results/benchmarks/{corpus}/encode_official.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        code=core_digest("encode_official.py"),
    message:
        "Encoding {wildcards.corpus} in its official splits."
    script:
        "../workflow/scripts/encode_official.py"


rule train_one_layer_lm:
    input:
        **READ_TEXT,
    output:
        weights=expand(
            "results/{{corpus}}/interdependence/lm/seed{{seed}}/epoch{epoch}.safetensors",
            epoch=ONE_LAYER_EPOCHS,
        ),
        curve="results/{corpus}/interdependence/lm/seed{seed}/curve.parquet",
    log:
        "logs/{corpus}/train_one_layer_lm/seed{seed}.log",
    benchmark:
        "results/benchmarks/{corpus}/train_one_layer_lm/seed{seed}.tsv"
    conda:
        "../envs/core.yaml"
    threads: ONE_LAYER_THREADS
    resources:
        mem_mb=3000,
        runtime=2880,
        gpu=USES_GPU,
    params:
        recipe=SETTINGS.interdependence.lm.model_dump(),
        device=SETTINGS.device,
        threads=ONE_LAYER_THREADS,
        code=core_digest("train_lm.py"),
    message:
        "Training a one-layer language model on {wildcards.corpus}, "
        "seed {wildcards.seed}."
    script:
        "../workflow/scripts/train_lm.py"


rule measure_pairs:
    input:
        weights=rules.train_one_layer_lm.output.weights,
        curve=rules.train_one_layer_lm.output.curve,
        vocabulary=READ_TEXT["vocabulary"],
        trees=TREES["pairs"],
    output:
        pairs="results/{corpus}/interdependence/pairs/seed{seed}.parquet",
        errors="results/{corpus}/interdependence/pairs_errors/seed{seed}.parquet",
    log:
        "logs/{corpus}/measure_pairs/seed{seed}.log",
    benchmark:
        "results/benchmarks/{corpus}/measure_pairs/seed{seed}.tsv"
    conda:
        "../envs/core.yaml"
    threads: ONE_LAYER_THREADS
    resources:
        mem_mb=2000,
        runtime=240,
        gpu=USES_GPU,
    params:
        recipe=SETTINGS.interdependence.lm.model_dump(),
        window=SETTINGS.interdependence.window,
        epochs="best",
        cased=SETTINGS.interdependence.text == "official",
        device=SETTINGS.device,
        threads=ONE_LAYER_THREADS,
        code=core_digest("measure_interdependence.py"),
    message:
        "Measuring interdependence of word pairs of {wildcards.corpus}, seed {wildcards.seed}."
    script:
        "../workflow/scripts/measure_interdependence.py"


rule measure_epochs:
    input:
        weights=rules.train_one_layer_lm.output.weights,
        curve=rules.train_one_layer_lm.output.curve,
        vocabulary=READ_TEXT["vocabulary"],
        trees=TREES["epochs"],
    output:
        pairs="results/{corpus}/interdependence/epochs/seed{seed}.parquet",
        errors="results/{corpus}/interdependence/epochs_errors/seed{seed}.parquet",
    log:
        "logs/{corpus}/measure_epochs/seed{seed}.log",
    benchmark:
        "results/benchmarks/{corpus}/measure_epochs/seed{seed}.tsv"
    conda:
        "../envs/core.yaml"
    threads: ONE_LAYER_THREADS
    resources:
        mem_mb=2000,
        runtime=240,
        gpu=USES_GPU,
    params:
        recipe=SETTINGS.interdependence.lm.model_dump(),
        window=SETTINGS.interdependence.window,
        epochs="all",
        cased=SETTINGS.interdependence.text == "official",
        device=SETTINGS.device,
        threads=ONE_LAYER_THREADS,
        code=core_digest("measure_interdependence.py"),
    message:
        "Measuring interdependence by epoch of {wildcards.corpus}, seed {wildcards.seed}."
    script:
        "../workflow/scripts/measure_interdependence.py"
