"""What jobs ask for: memory and time by the rates of `ontogeny estimate`."""

from ontogeny.cli.estimate import estimate
from ontogeny.cost.requests import in_words, requests

try:
    STAGES = estimate(SETTINGS, DATASETS).every
except InputError as error:  # nobody says how many words there are
    STAGES = []
    logger.warning(f"What jobs ask a cluster for is not estimated: {error}")


def needs(rule):
    """`mem_mb` and `runtime` of a rule's jobs; a profile may say otherwise."""

    def asked(resource, attempt):
        return requests(STAGES, rule, gpu=bool(USES_GPU), attempt=attempt)[resource]

    return {
        "mem_mb": lambda wildcards, attempt: asked("mem_mb", attempt),
        "runtime": lambda wildcards, attempt: asked("runtime", attempt),
    }
