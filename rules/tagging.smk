"""Parts of speech: a tagger, its accuracy, tags, word classes.

needs  results/{corpus}/corpus/{kept,vocabulary,train}.parquet, a treebank
makes  results/{corpus}/tagging/{tagger.bin,accuracy.parquet,classes.parquet}
"""


scattergather:
    tags=SETTINGS.tagging.shards,


rule generate_treebank:
    output:
        train="results/{corpus}/treebank/train.conllu",
        dev="results/{corpus}/treebank/dev.conllu",
        test="results/{corpus}/treebank/test.conllu",
    log:
        "logs/{corpus}/generate_treebank.log",
    benchmark:
        "results/benchmarks/{corpus}/generate_treebank.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        **needs("generate_treebank"),
    params:
        language=language,
        tokens=SETTINGS.tagging.treebank_tokens,
        types=SETTINGS.corpus.types,
        seed=SETTINGS.corpus.seed,
        language_seed=SETTINGS.corpus.language_seed,
        code=core_digest("generate_treebank.py"),
    message:
        "Generating a treebank of {params.language}."
    script:
        "../workflow/scripts/generate_treebank.py"


rule train_tagger:
    input:
        train=treebank_part(SETTINGS.tagging.treebank, "train"),
        dev=treebank_part(SETTINGS.tagging.treebank, "dev"),
    output:
        "results/{corpus}/tagging/tagger.bin",
    log:
        "logs/{corpus}/train_tagger.log",
    benchmark:
        "results/benchmarks/{corpus}/train_tagger.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        **needs("train_tagger"),
    params:
        max_epochs=SETTINGS.tagging.max_epochs,
        lowercase=SETTINGS.corpus.arrives_lowercased,
        code=core_digest("train_tagger.py"),
    message:
        "Training a tagger for {wildcards.corpus}."
    script:
        "../workflow/scripts/train_tagger.py"


rule tag_sentences:
    input:
        unpack(tagger_file),
        kept="results/{corpus}/corpus/kept.parquet",
    output:
        "results/{corpus}/tagging/tags/{scatteritem}.parquet",
    log:
        "logs/{corpus}/tag_sentences/{scatteritem}.log",
    benchmark:
        "results/benchmarks/{corpus}/tag_sentences/{scatteritem}.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        **needs("tag_sentences"),
    params:
        pipeline=SETTINGS.tagging.pipeline,
        code=core_digest("tag_sentences.py"),
    message:
        "Tagging {wildcards.corpus}, shard {wildcards.scatteritem}."
    script:
        "../workflow/scripts/tag_sentences.py"


rule score_tagger:
    input:
        unpack(tagger_file),
        treebanks=[treebank_part(name, "test") for name in TESTED_TREEBANKS],
    output:
        "results/{corpus}/tagging/accuracy.parquet",
    log:
        "logs/{corpus}/score_tagger.log",
    benchmark:
        "results/benchmarks/{corpus}/score_tagger.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        **needs("score_tagger"),
    params:
        pipeline=SETTINGS.tagging.pipeline,
        treebanks=TESTED_TREEBANKS,
        lowercase=SETTINGS.corpus.arrives_lowercased,
        code=core_digest("score_tagger.py"),
    message:
        "Scoring the tagger of {wildcards.corpus}."
    script:
        "../workflow/scripts/score_tagger.py"


rule classify_words:
    input:
        tags=gather.tags("results/{{corpus}}/tagging/tags/{scatteritem}.parquet"),
        kept="results/{corpus}/corpus/kept.parquet",
        vocabulary="results/{corpus}/corpus/vocabulary.parquet",
    output:
        "results/{corpus}/tagging/classes.parquet",
    log:
        "logs/{corpus}/classify_words.log",
    benchmark:
        "results/benchmarks/{corpus}/classify_words.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        **needs("classify_words"),
    params:
        min_count=SETTINGS.sparsity.class_min_count,
        code=core_digest("classify_words.py"),
    message:
        "Classifying the words of {wildcards.corpus} as open or closed."
    script:
        "../workflow/scripts/classify_words.py"
