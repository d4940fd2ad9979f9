"""The one-layer language model, and interdependence of a treebank's word pairs.

needs  results/{corpus}/corpus/*.parquet or a data set in official splits,
       a treebank
makes  results/{corpus}/official/{train,valid,test,vocabulary}.parquet,
       results/{corpus}/interdependence/trees.md,
       results/{corpus}/interdependence/lm/seed{seed}/{epoch*.safetensors,curve.parquet},
       results/{corpus}/interdependence/{pairs,epochs}{,_errors}/seed{seed}.parquet
"""


include: "interdependence_files.smk"


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
        **needs("encode_official"),
    params:
        code=core_digest("encode_official.py"),
    message:
        "Encoding {wildcards.corpus} in its official splits."
    script:
        "../workflow/scripts/encode_official.py"


rule check_trees:
    input:
        TREES["pairs"],
    output:
        "results/{corpus}/interdependence/trees.md",
    log:
        "logs/{corpus}/check_trees.log",
    benchmark:
        "results/benchmarks/{corpus}/check_trees.tsv"
    # Before the training, which must not depend on it: where the file is missing,
    # even an ancient() input has a finished training deleted and made again.
    priority: 100
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        **needs("check_trees"),
    params:
        parts=PARTS,
        code=core_digest("check_trees.py"),
    message:
        "Checking the trees that are measured for {wildcards.corpus}."
    script:
        "../workflow/scripts/check_trees.py"


use rule train_lm as train_one_layer_lm with:
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
    threads: ONE_LAYER_THREADS
    resources:
        **needs("train_one_layer_lm"),
        gpu=USES_GPU,
    params:
        recipe=SETTINGS.interdependence.lm.model_dump(),
        device=SETTINGS.device,
        threads=ONE_LAYER_THREADS,
        code=core_digest("train_lm.py"),
    message:
        "Training a one-layer language model on {wildcards.corpus}, "
        "seed {wildcards.seed}."


rule measure_interdependence:
    input:
        weights=rules.train_one_layer_lm.output.weights,
        curve=rules.train_one_layer_lm.output.curve,
        vocabulary=READ_TEXT["vocabulary"],
        trees=measured_trees,
    output:
        pairs="results/{corpus}/interdependence/{measured}/seed{seed}.parquet",
        errors="results/{corpus}/interdependence/{measured}_errors/seed{seed}.parquet",
    log:
        "logs/{corpus}/measure_interdependence/{measured}_seed{seed}.log",
    benchmark:
        "results/benchmarks/{corpus}/measure_interdependence/{measured}_seed{seed}.tsv"
    conda:
        "../envs/core.yaml"
    threads: ONE_LAYER_THREADS
    resources:
        **needs("measure_interdependence"),
        gpu=USES_GPU,
    params:
        recipe=SETTINGS.interdependence.lm.model_dump(),
        window=SETTINGS.interdependence.window,
        epochs=lookup(within={"pairs": "best", "epochs": "all"}, dpath="{measured}"),
        cased=SETTINGS.interdependence.text == "official",
        device=SETTINGS.device,
        threads=ONE_LAYER_THREADS,
        code=core_digest("measure_interdependence.py"),
    message:
        "Measuring interdependence of word pairs of {wildcards.corpus} "
        "({wildcards.measured}), seed {wildcards.seed}."
    script:
        "../workflow/scripts/measure_interdependence.py"
