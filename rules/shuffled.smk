"""A control for any corpus: its own words, in any order.

needs  results/<name>/corpus/*, its tags, results/<name>/texts/{xpos,sem}.parquet
makes  results/<name>_control/corpus/{documents,kept,vocabulary,steps}.parquet,
       results/<name>_control/corpus/{train,valid,test}.parquet, its tags,
       results/<name>_control/texts/{xpos,sem}.parquet
"""


def of_text(path):
    """A file of the text, by that of the control."""
    return path.replace("{corpus}", SETTINGS.name)


def of_control(path):
    """A file of the control."""
    return path.replace("{corpus}", CONTROL)


SHUFFLED_TABLES = ("documents", "kept", "vocabulary", "steps")
TAGS = "results/{corpus}/tagging/tags/{scatteritem}.parquet"


ruleorder: shuffle_corpus > keep_sentences
ruleorder: shuffle_corpus > tag_sentences
ruleorder: shuffle_text > annotate_treebank


rule shuffle_corpus:
    input:
        **{name: of_text(rules.keep_sentences.output[name]) for name in SHUFFLED_TABLES},
        tags=gather.tags(of_text(TAGS)),
    output:
        **{
            name: of_control(rules.keep_sentences.output[name])
            for name in (*SHUFFLED_TABLES, *SPLITS)
        },
        tags=gather.tags(of_control(TAGS)),
    log:
        f"logs/{CONTROL}/shuffle_corpus.log",
    benchmark:
        f"results/benchmarks/{CONTROL}/shuffle_corpus.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        **needs("shuffle_corpus"),
    params:
        seed=SETTINGS.corpus.seed,
        code=core_digest("shuffle_corpus.py"),
    message:
        f"Shuffling the words of {SETTINGS.name}."
    script:
        "../workflow/scripts/shuffle_corpus.py"


rule shuffle_text:
    input:
        tokens=f"results/{SETTINGS.name}/texts/{{domain}}.parquet",
        classes=f"results/{SETTINGS.name}/texts/{{domain}}_classes.parquet",
    output:
        tokens=f"results/{CONTROL}/texts/{{domain}}.parquet",
        classes=f"results/{CONTROL}/texts/{{domain}}_classes.parquet",
    log:
        f"logs/{CONTROL}/shuffle_text/{{domain}}.log",
    benchmark:
        f"results/benchmarks/{CONTROL}/shuffle_text/{{domain}}.tsv"
    wildcard_constraints:
        domain="xpos|sem",
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        **needs("shuffle_text"),
    params:
        seed=SETTINGS.corpus.seed,
        code=core_digest("shuffle_text.py"),
    message:
        f"Shuffling the words of {{wildcards.domain}} for {CONTROL}."
    script:
        "../workflow/scripts/shuffle_text.py"
