"""Ontogeny: how neural language models learn, figure by figure, claim by claim.

What every study has (`tabulate_svcca`, `judge_svcca`, `plot_figure`, the target
`svcca` …) is made in rules/study.smk; what one measures, in its own rules.
"""

from snakemake.utils import min_version

min_version("9.19")

# Not workflow.basedir: that is another's if it imports us as a module.
HERE = workflow.current_basedir.get_path_or_uri(secret_free=True)


# A file given by --configfile replaces the default; it is not merged into it.
if not workflow.overwrite_configfiles:

    configfile: f"{HERE}/config/config.yaml"


include: "rules/call.smk"
include: "rules/common.smk"
include: "rules/resources.smk"
include: "rules/shards.smk"
include: "rules/studies.smk"
include: "rules/data.smk"
include: "rules/corpus.smk"
include: "rules/tagging.smk"
include: "rules/lm.smk"
include: "rules/measuring.smk"


for name in NAMES:

    include: f"rules/{name}.smk"


if SETTINGS.control == "shuffled":

    include: "rules/shuffled.smk"


include: "rules/study.smk"
include: "rules/claims.smk"
include: "rules/report.smk"


rule all:
    default_target: True
    input:
        *(getattr(rules, study).input for study in STUDIES),
        rules.pages.input,
        f"results/{SETTINGS.name}/config.yaml",


# Looks at all rules.
include: "rules/provenance.smk"
