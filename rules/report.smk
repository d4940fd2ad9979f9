"""The report: pages beside the figures; `make report` binds all of them.

needs  results/{corpus}/{claims.md,report.rst}, tables of the studies in Markdown
makes  results/{corpus}/pages/{page}.html
"""

import os

# The first page, in reStructuredText. As the rule has it: with a module's prefix.
(LANDING,) = expand(rules.report_claims.output.landing, corpus=SETTINGS.name)

# Snakemake itself binds the report, and would bind a damaged figure.
if any(option.split("=")[0] == "--report" for option in sys.argv):
    from ontogeny.running.sums import check_sums, summed

    try:
        check_sums(summed(os.path.dirname(LANDING)))
    except InputError as error:
        raise WorkflowError(str(error)) from None


report: os.path.abspath(LANDING)


wildcard_constraints:
    page="|".join(PAGES),


rule pages:
    input:
        expand(
            "results/{corpus}/pages/{page}.html",
            corpus=SETTINGS.name,
            page=list(PAGES),
        ),


rule render_page:
    input:
        markdown_of_page,
    output:
        report(
            "results/{corpus}/pages/{page}.html",
            caption="../workflow/report/pages.rst",
            category="Tables",
            labels=lookup(within=PAGES, dpath="{page}/labels"),
        ),
    log:
        "logs/{corpus}/render_page/{page}.log",
    benchmark:
        "results/benchmarks/{corpus}/render_page/{page}.tsv"
    conda:
        "../envs/core.yaml"
    threads: 1
    resources:
        **needs("render_page"),
    params:
        title="{corpus}: {page}",
        look=lookup(within=PAGES, dpath="{page}/look"),
        code=core_digest("render_page.py"),
    message:
        "Rendering the page {wildcards.page} of {wildcards.corpus}."
    script:
        "../workflow/scripts/render_page.py"
