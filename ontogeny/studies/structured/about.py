"""Structured sparsification (004), as people read of it."""

from ontogeny.studies.study import Figure, Study

STUDY = Study(
    name="structured",
    category="Structured sparsification (004)",
    source="*Structured Sparsification of Gated Recurrent Neural Networks* "
    "(Lobacheva et al. 2020)",
    summary=": x",
    figures=(Figure("fig7", "x", "x."),),
    sections=("structured",),
)
