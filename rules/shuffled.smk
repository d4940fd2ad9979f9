"""A control for any corpus: its own words, in any order.

needs  results/<name>/corpus/*, its tags, results/<name>/texts/{xpos,sem}.parquet
makes  results/<name>_control/corpus/{documents,kept,vocabulary,steps}.parquet,
       results/<name>_control/corpus/{train,valid,test}.parquet, steps.md, its tags,
       results/<name>_control/texts/{xpos,sem}.parquet
"""

# All that keep_sentences makes, or it would write some of it over what is shuffled.
READ, SHUFFLED = (
    {
        name: path.replace("{corpus}", corpus)
        for name, path in rules.keep_sentences.output.items()
    }
    for corpus in (SETTINGS.name, CONTROL)
)
TAGS = "results/{corpus}/tagging/tags/{{scatteritem}}.parquet"


ruleorder: shuffle_corpus > keep_sentences
ruleorder: shuffle_corpus > tag_sentences
ruleorder: shuffle_text > annotate_treebank


rule shuffle_corpus:
    input:
        **{name: READ[name] for name in READ if name not in SPLITS},
        tags=gather.tags(TAGS.format(corpus=SETTINGS.name)),
    output:
        **SHUFFLED,
        tags=gather.tags(TAGS.format(corpus=CONTROL)),
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
