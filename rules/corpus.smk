"""The corpus: text, kept sentences, splits, vocabulary, word ids.

needs  files of a data set, own files, or nothing (generated)
makes  results/{corpus}/corpus/read/{shard}/{sentences,documents}.parquet,
       results/{corpus}/corpus/{documents,kept,vocabulary,steps}.parquet,
       results/{corpus}/corpus/{train,valid,test}.parquet
"""


rule generate_corpus:
    output:
        "results/{corpus}/raw/corpus.conllu",
    log:
        "logs/{corpus}/generate_corpus.log",
    benchmark:
        "results/benchmarks/{corpus}/generate_corpus.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        **needs("generate_corpus"),
    params:
        language=language,
        tokens=SETTINGS.corpus.tokens,
        types=SETTINGS.corpus.types,
        seed=SETTINGS.corpus.seed,
        language_seed=SETTINGS.corpus.language_seed,
        code=core_digest("generate_corpus.py"),
    message:
        "Generating {params.tokens} words of {params.language}."
    script:
        "../workflow/scripts/generate_corpus.py"


rule read_corpus:
    input:
        corpus_shard,
    output:
        sentences="results/{corpus}/corpus/read/{scatteritem}/sentences.parquet",
        documents="results/{corpus}/corpus/read/{scatteritem}/documents.parquet",
    log:
        "logs/{corpus}/read_corpus/{scatteritem}.log",
    benchmark:
        "results/benchmarks/{corpus}/read_corpus/{scatteritem}.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        **needs("read_corpus"),
    params:
        format=SETTINGS.corpus.file_format,
        tokenised=SETTINGS.corpus.tokenised,
        language=SETTINGS.corpus.language,
        sentences=SETTINGS.corpus.sentences,
        code=core_digest("read_corpus.py"),
    message:
        "Reading {wildcards.corpus}, shard {wildcards.scatteritem}."
    script:
        "../workflow/scripts/read_corpus.py"


rule keep_sentences:
    input:
        **{
            table: gather.read(
                f"results/{{{{corpus}}}}/corpus/read/{{scatteritem}}/{table}.parquet"
            )
            for table in ("sentences", "documents")
        },
    output:
        documents="results/{corpus}/corpus/documents.parquet",
        kept="results/{corpus}/corpus/kept.parquet",
        vocabulary="results/{corpus}/corpus/vocabulary.parquet",
        steps="results/{corpus}/corpus/steps.parquet",
        steps_md="results/{corpus}/corpus/steps.md",
        train="results/{corpus}/corpus/train.parquet",
        valid="results/{corpus}/corpus/valid.parquet",
        test="results/{corpus}/corpus/test.parquet",
    log:
        "logs/{corpus}/keep_sentences.log",
    benchmark:
        "results/benchmarks/{corpus}/keep_sentences.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        **needs("keep_sentences"),
    params:
        min_count=SETTINGS.corpus.min_count,
        shares=SETTINGS.corpus.splits.model_dump(),
        seed=SETTINGS.corpus.seed,
        code=core_digest("keep_sentences.py"),
    message:
        "Filtering {wildcards.corpus}: words met {params.min_count} times or more."
    script:
        "../workflow/scripts/keep_sentences.py"
