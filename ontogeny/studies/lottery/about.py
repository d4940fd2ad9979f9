"""Lottery-ticket Transformers: what pruning does to a translation model (003)."""

from ontogeny.studies.study import Figure, Page, Study

STUDY = Study(
    name="lottery",
    category="Lottery-ticket Transformers (Movva & Zhao 2020)",
    source="*Dissecting Lottery Ticket Transformers: Structural and Behavioral Study "
    "of Sparse Neural Machine Translation* (Movva & Zhao 2020)",
    summary=". A translation model is pruned and retrained again and again; LTHk has "
    "gone through k prunings of a fifth of what remained",
    figures=(
        Figure(
            "bleu",
            "BLEU and validation loss by sparsity, chain by chain",
            "Does magnitude pruning stay above random pruning, and with it (L8)? How "
            "much of its quality is retraining, as the unpruned chain shows?",
            number="–",
            heading="Quality by sparsity (table A1 as a figure)",
        ),
        Figure(
            "fig1",
            "scores of linear probes by sparsity, as z and as they are",
            "Which tasks stay, fall (L24) and rise (L28)? Do they in the chain that is "
            "never pruned? What stands in for the paper's data is named below.",
        ),
        Figure(
            "fig2",
            "scores of a multilayer perceptron by sparsity, as z and as they are",
            "Do arcs still rise (L32)? Do PS-Fxn, PS-Role and Coref still fall (L33)? "
            "What stands in for the paper's data is named below.",
        ),
        Figure(
            "fig3",
            "mean z of syntactic and of semantic tasks by layer and sparsity",
            "Does syntax rise in the layers below the last (L38)? Is meaning kept "
            "better by the dense model there (L43)? What stands in for the paper's "
            "data is named below.",
        ),
        Figure(
            "fig4",
            "NeuronSim of each decoder layer with LTH0's",
            "Does it fall with sparsity (L47), most in higher layers (L48), and "
            "further than in the chain that is only retrained?",
        ),
        Figure(
            "fig5",
            "LayerSim of encoder layers, LTH0 and the sparsest model",
            "Are the early layers of the sparse model closer to its last one (L54)? "
            "Beside it the model that was retrained as often and not pruned.",
        ),
        Figure(
            "fig6",
            "AttentionSim of encoder self-attention, LTH0 and the sparsest model",
            "Is the diagonal close to 1 but for the first layer (L67, L68)? Below, "
            "what is left once uniform attention is taken off.",
        ),
        Figure(
            "figa1",
            "sparsity of linear layers",
            "Are later layers sparser (L11)? The dashed line is that of all prunable "
            "weights.",
            number="A1",
            heading="Figure A1",
        ),
        Figure(
            "figa2",
            "sparsity of attention",
            "Is the first layer's self-attention pruned most (L13), encoder–decoder "
            "attention least (L16)?",
            number="A2",
            heading="Figure A2",
        ),
        Figure(
            "figa3",
            "tagging parts of speech by layer and sparsity, as z and as accuracy",
            "Is there the same as in figure 3 (L41), and which layer is best (L37)? "
            "What stands in for the paper's data is named below.",
            number="A3",
            heading="Figure A3",
        ),
        Figure(
            "figa4",
            "largest correlations of each model's neurons with LTH0's",
            "Do all neurons drift, in one hump (L49), or do some drop out, in two?",
            number="A4",
            heading="Figure A4",
        ),
        Figure(
            "figa5",
            "LayerSim of each decoder layer with LTH0's",
            "Is the last layer closer to LTH0's than the one before (L52)?",
            number="A5",
            heading="Figure A5",
        ),
        Figure(
            "figa6",
            "LayerSim of decoder layers, LTH0 and the sparsest model",
            "Are early sparse layers closer to the dense last one than early dense "
            "ones are (L57)?",
            number="A6",
            heading="Figure A6",
        ),
        Figure(
            "figa7",
            "variance by number of directions, last layers",
            "Do sparser models need fewer directions (L58, L59), and fewer than models "
            "that were only retrained?",
            number="A7",
            heading="Figure A7",
        ),
        Figure(
            "figa8",
            "AttentionSim of encoder–decoder and decoder self-attention",
            "Is decoder self-attention almost the same (L75)? Is it still, adjusted? "
            "The causal mask alone makes maps alike.",
            number="A8",
            heading="Figure A8",
        ),
        Figure(
            "figa9",
            "LayerSim of all layers of five models",
            "Blocks of equal models against blocks of different ones.",
            number="A9",
            heading="Figure A9",
        ),
        Figure(
            "figa10",
            "AttentionSim of encoder self-attention and encoder–decoder attention, all "
            "layers of five models",
            "Which attention varies most between layers (L82) and models (L81)?",
            number="A10",
            heading="Figure A10",
        ),
        Figure(
            "figa11",
            "AttentionSim of decoder self-attention, all layers of five models",
            "Is it homogeneous (L77), and is it still, adjusted?",
            number="A11",
            heading="Figure A11",
        ),
        Figure(
            "drift",
            "how far models have moved from LTH0, chain by chain, beside another seed",
            "Is the magnitude chain further from LTH0 than the unpruned one? Only that "
            "is pruning's.",
            number="–",
            heading="Drift, beside retraining (not in the paper)",
        ),
        Figure(
            "alignment",
            "how often encoder–decoder attention is largest at the word translated",
            "Does pruning hurt it before it hurts BLEU? Only a generated corpus knows "
            "its alignment.",
            number="–",
            heading="Attention and alignment (not in the paper)",
        ),
        Figure(
            "categories",
            "LayerSim of LTH0 and the sparsest model by frequency, part of speech and "
            "semantic tag",
            "Are words of middle frequency the most alike (L61)?",
            number="–",
            heading="Similarity by category (§5.3, a table there)",
        ),
        Figure(
            "knowledge",
            "what probes find, task by task: scores and code lengths by sparsity",
            "Is the magnitude chain below the unpruned one by more than the intervals? "
            "How far are both above LTH0's embedding and an untrained model?",
            number="–",
            heading="Knowledge by sparsity, beside nulls (not in the paper)",
        ),
        Figure(
            "selectivity",
            "scores of probes beside those of control labels and of form alone",
            "Does a probe read what is there, or learn words by heart? Does a model "
            "tell more than word types, places and distances do?",
            number="–",
            heading="What probes learn by themselves (not in the paper)",
        ),
    ),
    tables=(
        ("table_a1", "figures/lottery/table_a1.parquet"),
        ("similarities", "figures/lottery/similarities.parquet"),
        ("tables", "figures/lottery/tables.md"),
        ("table_a2", "figures/lottery/table_a2.parquet"),
        ("table_a3", "figures/lottery/table_a3.parquet"),
        ("probes", "figures/lottery/probes.md"),
    ),
    pages=(
        Page(
            "lottery",
            "figures/lottery/tables.md",
            "lottery tickets",
            "table A1 of 003 with all chains, similarities beside their nulls",
            "Sparsity, BLEU, chrF and validation loss of every model, beside the "
            "paper's, which are of another text and size; every similarity beside that "
            "of models that were only retrained, of another seed, or untrained.",
        ),
        Page(
            "lottery_probes",
            "figures/lottery/probes.md",
            "probes of lottery tickets",
            "tables A2 and A3 of 003 beside the paper's, what each task is read from",
            "Scores with intervals and z, beside the paper's, which are of other data "
            "and models; what stands in for its data; selectivity, and what is beyond "
            "form alone.",
        ),
    ),
    sections=("lottery",),
    reads_corpus=False,
)
