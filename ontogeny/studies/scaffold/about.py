"""Scaffolds: a rule learned around words that are known or not (thesis ch. 5 §4)."""

from ontogeny.studies.study import Figure, Study

STUDY = Study(
    name="scaffold",
    category="Scaffolds (thesis ch. 5)",
    source="*LSTMs Compose—and Learn—Bottom-Up* (Saphra & Lopez 2020; thesis ch. 5 §4)",
    summary=": a rule α … ω around a scaffold of k words that the model knows from "
    "elsewhere (familiar) or does not",
    figures=(
        Figure(
            "fig7a",
            "P(ω) in-domain",
            "Probability of ω after scaffolds seen in the rule: it rises earlier with "
            "familiar ones (K1).",
        ),
        Figure(
            "fig7b",
            "P(ω) out-domain",
            "Probability of ω after scaffolds never seen: does a model that had "
            "familiar scaffolds ever generalise (K2, K3)?",
        ),
        Figure(
            "fig8",
            "P(ω) from α alone",
            "Probability of ω from what α contributes by itself: learned early if the "
            "scaffold carries it (K4).",
        ),
        Figure(
            "fig9",
            "P(ω) from α and a growing scaffold",
            "Probability of ω from what α and a growing part of the scaffold "
            "contribute, by the decomposition: a softmax of these parts alone, not "
            "the model's own P(ω), which figure 7 has. In the thesis α alone suffices "
            "where the scaffold is unfamiliar (K5); where it is familiar, the "
            "probability climbs to its end (K6).",
        ),
        Figure(
            "fig10",
            "interdependence of α and scaffold",
            "Interdependence of α and the scaffold: high and growing where the model "
            "composes them (K7, K8).",
        ),
        Figure(
            "fig11",
            "P(ω) by occurrences and length",
            "How much of the rule α and the scaffold each carry, by how often the rule "
            "was seen and by length (K9 to K11).",
        ),
        Figure(
            "fig12",
            "gradients through the scaffold",
            "Size of the gradient at each word between ω and α: where it vanishes, the "
            "long dependency cannot be learned from (K12). It is of −log P(ω), which "
            "is larger where ω is not learned: compare how lines fall, not how high "
            "they are.",
        ),
    ),
    sections=("scaffold",),
    reads_corpus=False,
)
