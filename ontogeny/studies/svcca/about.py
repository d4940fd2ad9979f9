"""SVCCA: language models beside tag models, at every epoch (thesis ch. 4)."""

from ontogeny.studies.study import Figure, Page, Study, over_first_epoch
from ontogeny.studies.svcca.names import WITHIN

FIGURES = (
    Figure(
        "fig2",
        "test loss and rescalings",
        "Test loss drops where the learning rate is divided (V1).",
    ),
    Figure(
        "fig3",
        "similarity to the own end",
        "Similarity of each site to its own final state rises to 1; which layer "
        "converges first (V2, V3)?",
    ),
    Figure(
        "fig4",
        "similarity to another seed",
        "Similarity to the final state of another seed: the paper has it rise to a "
        "maximum near 0.64, which no tag model exceeds (V4 to V6).",
    ),
    Figure(
        "fig5",
        "similarity of layers",
        "Similarity between the layers of one model: nearer layers are more alike "
        "(V7 to V9).",
    ),
    Figure(
        "fig6",
        "diagnostic classifiers of input tags",
        "Accuracy of diagnostic classifiers that read the input word's tag from "
        "each site. They saturate early where similarity still moves (V10).",
    ),
    Figure(
        "fig7",
        "diagnostic classifiers of target tags",
        "As figure 6, for the tag of the target word, which comes next: accuracy "
        "saturates early where similarity still moves (V10).",
    ),
    Figure(
        "fig8",
        "similarity to target tag models",
        "Similarity to models trained to tag the target word, which comes next, "
        "and to models trained on shuffled tags: the distance between the two is "
        "what is about the tags (V13 to V23, V30).",
    ),
    Figure(
        "fig9",
        "similarity to input tag models",
        "As figure 8, for models that tag the input word: the paper has UPOS drop "
        "against figure 8, fine parts of speech come out highest, and the curves "
        "alike (V24 to V27).",
    ),
    Figure(
        "fig10",
        "target tag models on their own domain",
        "As figure 8, on the text that the target tag models were trained on "
        "(V28, V29).",
    ),
    Figure(
        "fig11",
        "input tag models on their own domain",
        "As figure 10, for input tag models: similarity on the text that they were "
        "trained on (V28, V29).",
    ),
    Figure(
        "calibrated",
        "similarity to tag models beyond chance",
        "Figures 8 and 9 as shares of the way from what the same views score by chance "
        "(0) to what alike ones score (1): what is left, and does it still rise?",
        number="–",
        heading="Calibrated similarity to tag models (not in the paper)",
    ),
    Figure(
        "stabilisation",
        "when each property stabilises",
        f"The first epoch from which on a curve stays within {WITHIN} of its end "
        "value, with its interval.",
        number="–",
        heading="Stabilisation of each property (not in the paper)",
    ),
    Figure(
        "decodable",
        "when each task can be decoded",
        "Scores of linear probes at each site, by epoch, beside what word types, "
        "places and lengths give without a model: what is above that line, and "
        "from which epoch on?",
        number="–",
        heading="When each task can be decoded (not in the paper)",
    ),
)
EARLY = tuple(f"fig{number}" for number in range(3, 10))

STUDY = Study(
    name="svcca",
    category="SVCCA (Saphra & Lopez 2019b)",
    source="*Understanding Learning Dynamics of Language Models with SVCCA* "
    "(Saphra & Lopez 2019; thesis ch. 4)",
    summary="",
    of_shuffled=True,
    figures=FIGURES,
    early=over_first_epoch(FIGURES, *EARLY),
    sections=("lm", "svcca"),
    tables=(
        ("table2", "figures/svcca/table2.parquet"),
        ("table2_md", "figures/svcca/table2.md"),
    ),
    pages=(
        Page(
            "table2",
            "figures/svcca/table2.md",
            "SVCCA table 2",
            "tag models",
            "Table 2 of the SVCCA paper: how good the tag models are. A tag model that "
            "has not learned its tags says nothing in figures 8 to 11.",
        ),
    ),
)
