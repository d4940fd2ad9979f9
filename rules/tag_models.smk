"""Texts whose words carry labels, and the tag models that learn these.

needs  results/{corpus}/corpus/{kept,documents,vocabulary}.parquet and its tags,
       a treebank, a data set of semantic tags
makes  results/{corpus}/texts/{domain}.parquet, {domain}_classes.parquet,
       results/{corpus}/tag_models/{tagset}/{variant}.safetensors, scores.parquet
"""


rule annotate_articles:
    input:
        kept="results/{corpus}/corpus/kept.parquet",
        documents="results/{corpus}/corpus/documents.parquet",
        vocabulary="results/{corpus}/corpus/vocabulary.parquet",
        upos=(
            corpus_files
            if SETTINGS.svcca.upos == "gold"
            else gather.tags("results/{{corpus}}/tagging/tags/{scatteritem}.parquet")
        ),
    output:
        tokens="results/{corpus}/texts/articles.parquet",
        classes="results/{corpus}/texts/articles_classes.parquet",
    log:
        "logs/{corpus}/annotate_articles.log",
    benchmark:
        "results/benchmarks/{corpus}/annotate_articles.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        **needs("annotate_articles"),
    params:
        articles=SETTINGS.svcca.articles,
        test_tokens=SETTINGS.svcca.test_tokens,
        upos=SETTINGS.svcca.upos,
        shares=SETTINGS.corpus.splits.model_dump(),
        code=core_digest("annotate_articles.py"),
    message:
        "Labelling the {params.articles} longest articles of {wildcards.corpus}."
    script:
        "../workflow/scripts/annotate_articles.py"


rule annotate_treebank:
    input:
        unpack(labelled_parts),
        vocabulary="results/{corpus}/corpus/vocabulary.parquet",
    output:
        tokens="results/{corpus}/texts/{domain}.parquet",
        classes="results/{corpus}/texts/{domain}_classes.parquet",
    log:
        "logs/{corpus}/annotate_treebank/{domain}.log",
    benchmark:
        "results/benchmarks/{corpus}/annotate_treebank/{domain}.tsv"
    wildcard_constraints:
        domain="xpos|sem",
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        **needs("annotate_treebank"),
    params:
        reader=lookup(within=LABEL_READERS, dpath="{domain}"),
        code=core_digest("annotate_treebank.py"),
    message:
        "Encoding the {wildcards.domain} treebank with the words of {wildcards.corpus}."
    script:
        "../workflow/scripts/annotate_treebank.py"


rule train_tag_models:
    input:
        tokens=labelled_text,
        classes=labelled_classes,
        vocabulary="results/{corpus}/corpus/vocabulary.parquet",
    output:
        weights=expand(
            "results/{{corpus}}/tag_models/{{tagset}}/{variant}.safetensors",
            variant=VARIANTS,
        ),
        scores="results/{corpus}/tag_models/{tagset}/scores.parquet",
    log:
        "logs/{corpus}/train_tag_models/{tagset}.log",
    benchmark:
        "results/benchmarks/{corpus}/train_tag_models/{tagset}.tsv"
    conda:
        "../envs/core.yaml"
    threads: SETTINGS.threads
    resources:
        **needs("train_tag_models"),
        gpu=USES_GPU,
    params:
        recipe={**TAG_RECIPE, "epochs": SETTINGS.svcca.epochs},
        rescalings=SETTINGS.svcca.rescalings,
        seed=SETTINGS.seeds[0],
        device=SETTINGS.device,
        threads=SETTINGS.threads,
        code=core_digest("train_tag_models.py"),
    message:
        "Training tag models of {wildcards.tagset} for {wildcards.corpus}."
    script:
        "../workflow/scripts/train_tag_models.py"
