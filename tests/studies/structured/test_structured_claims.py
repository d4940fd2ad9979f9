"""Claims G1–G52 on made-up results: each holds in one world and fails in another."""

from functools import cache

import numpy as np
import pytest
from structured_made import (
    LEFT,
    SEEDS,
    VARIANTS,
    change,
    made,
    params,
    without,
)

from ontogeny.claims.report import to_markdown
from ontogeny.claims.verdicts import NOT_REPRODUCED, NOT_RUN, REPRODUCED, UNDECIDED
from ontogeny.studies.structured.claims import (
    ALL,
    CLAIMS,
    OF_EACH,
    OWN_ITEMS,
    judge,
)
from ontogeny.studies.structured.claims.asking import ASKED, PAPER

# As fixed before the first run; settled since: G10's compression within 0.03, and
# G47's 1e-5.
CRITERIA = {
    "G1": "n(WN) − n(WGN) > 0; no layer has more",
    "G2": "g(WN) − g(WGN) > 0, each layer",
    "G3": "test PP WGN / WN < 1.01",
    "G4": "g(WN) / 4n(WN) ≥ 0.99",
    "G5": "g(WGN) / 4n(WGN) < 0.95",
    "G6": "c(WGN) − c(WN) > 0",
    "G7": "test PP D − WN > 0 and D − WGN > 0",
    "G8": 'valid "120.28", test "114.41", each within 3 %',
    "G9": 'PP within 3 % of "110.34 – 106.25"; n within 15 % of "72 – 123"',
    "G10": 'PP within 3 % of "110.04 – 105.64"; n within 15 % of "64 – 115", g of "193 – 442"; c "1.49" ± 0.03',
    "G11": 'PP within 3 %, n and g within 15 % of the table\'s; c "2.97" and "3.22", each ± 0.1',
    "G12": "n(W) − n(WN) > 0",
    "G13": "n(WN) − n(WGN) > 0",
    "G14": "g(WN) − g(WGN) > 0",
    "G15": "G13 fails on char and holds on the other three",
    "G16": "WGN against W: accuracy > −0.5 points; PP ratio < 1.01; bits < +0.01",
    "G17": 'accuracy D − WGN < "2.2" points (the table\'s largest)',
    "G18": 'c(WGN): imdb > 1,000 ("19747"), agnews > 100 ("647"), word and char < 50 ("11.44", "9.8")',
    "G19": "remaining words < 10 % of the vocabulary, imdb",
    "G20": 'n(WGN) < 10 % of the layer, imdb ("4" of 128), agnews ("14" of 512)',
    "G21": "test PP or bits D − WGN > 0, D early stopped",
    "G22": "validation loss last − best > 0 under Adam",
    "G23": "share of all weights with SNR < 0.05 > 0.5",
    "G24": 'some setting: n(WGN) < n(WN) and c(WGN) < c(WN) ("11.44" < "11.65")',
    "G25": "first epoch at which n(WGN) is within 10 % of its end > a fifth of all",
    "G26": "share of remaining neurons with live o < 0.5, imdb, agnews",
    "G27": "share with live g > 0.5 and above o's, imdb",
    "G28": "o has the largest live share of the four, each layer, char and word",
    "G29": "live share of o, word L2 − imdb > 0.3",
    "G30": "share of `ifgo` char > 0.5 and − word > 0",
    "G31": "`---o` > 0.2 of the remaining",
    "G32": "count `---o` − next incomplete > 0",
    "G33": "share with i or f constant > 0.3, above that of o constant",
    "G34": "live shares of i, f, g, o in L1 and L2 (8 numbers): r > 0.8; G31, G33 hold in both",
    "G35": "in W live share of o < 0.5, of g > 0.5; r of the four shares W, WGN > 0.5",
    "G36": "in W `---o` > 0 and the commonest incomplete structure",
    "G37": "8 live shares: r > 0.5 and mean |difference| > 0.05",
    "G38": "mean over lags 20–100 of r(τ): `---o` − `ifgo` < 0",
    "G39": "their median r(20) < 0.1",
    "G40": "more than half have r(20) > 0.1",
    "G41": "|h − h′| after replacing one input word (seeded) at lag 20–100: `---o` / `ifgo` < 0.5",
    "G42": "share of steps after the 5th with the sign of c_t − c_{t−1} that of g > 0.99 (zero steps count)",
    "G43": "mean |tanh c_t|, t > 50, > 0.99",
    "G44": "max |h_t ∓ o_t|, t > 50, < 0.02",
    "G45": "median over neurons of mean r(100–199) > 0.1",
    "G46": 'neurons with gradient(0–9) > 2 × gradient(100–199): at most "one"',
    "G47": "shrunk = masked, relative 1e-5, float32, carried state, every setting",
    "G48": "the same with `skip_constant`",
    "G49": "time masked / shrunk > 1, batch 1 and 20",
    "G50": "multiply–adds with / without skipping < 1",
    "G51": "time shrunk / shrunk + skipping > 1",
    "G52": "biases / all parameters < 0.01",
}
BY_ID = {claim.id: claim for claim in CLAIMS}


def left(task, variant, *layers):
    """The usual neurons, but for one network."""
    return {**LEFT, (task, variant): layers}


def ask(id, inputs, *tasks, monkeypatch, **options):
    """The rows of one claim; the others are not asked, which is faster."""
    monkeypatch.setattr("ontogeny.studies.structured.claims.CLAIMS", (BY_ID[id],))
    return judge(inputs, params(tasks, **options))


# G10 asks for gates that G34 does not allow: the paper's own table does not fit its
# sentence.
AS_TABLE1 = {
    ("small", "wgn"): ({"--go": 32, "ifgo": 32}, {"---o": 6, "ifgo": 109}),
}
# Where each claim holds: the task asked, and what is otherwise than usual.
HOLDS = {
    **dict.fromkeys(["G1", "G2", "G3", "G4", "G5", "G6", "G7", "G8", "G9"], ("small",)),
    **dict.fromkeys(["G11"], ("large",)),
    **dict.fromkeys(
        ["G12", "G13", "G14", "G16", "G17", "G18", "G19", "G20"], ("imdb",)
    ),
    **dict.fromkeys(["G21", "G22", "G23", "G25"], ("word",)),
    **dict.fromkeys(["G26", "G27", "G35", "G45", "G46"], ("imdb",)),
    **dict.fromkeys(["G28", "G31", "G32", "G33", "G36"], ("word",)),
    **dict.fromkeys([f"G{n}" for n in range(38, 45)], ("small",)),
    **dict.fromkeys([f"G{n}" for n in range(47, 53)], ("small",)),
    "G10": ("small",),
    "G15": ("imdb", "agnews", "char", "word"),
    "G24": ("word",),
    "G29": ("imdb", "word"),
    "G30": ("char", "word"),
    "G34": ("small", "word"),
    "G37": ("small", "large"),
}


@cache
def world(id):
    special = AS_TABLE1 if id == "G10" else {}
    return made(HOLDS[id], left={**LEFT, **special})


@pytest.mark.parametrize("id", CRITERIA)
def test_a_claim_holds_where_it_should(id, monkeypatch):
    table = ask(id, world(id), *HOLDS[id], monkeypatch=monkeypatch)
    asked = ASKED[id]
    split = ALL if asked.across or asked.some else HOLDS[id][0]
    assert set(table["split"]) == {split}
    assert set(table["verdict"]) == {REPRODUCED}, table[
        ["part", "low", "high", "state"]
    ]
    # Where some setting is enough, each has its own seeds.
    assert set(table["seed"]) == ({SEEDS[0]} if asked.some else set(SEEDS))


@pytest.mark.parametrize("id", sorted(set(CRITERIA) - {"G24"}))
def test_of_three_seeds_a_claim_is_about_their_mean_or_says_why_not(id, monkeypatch):
    special = AS_TABLE1 if id == "G10" else {}
    inputs = made(HOLDS[id], (1, 2, 3), left={**LEFT, **special})
    table = ask(id, inputs, *HOLDS[id], monkeypatch=monkeypatch)
    assert set(table["verdict"]) == {REPRODUCED}, table[["part", "low", "high"]]
    assert table["seed"].isna().any() == (id not in OF_EACH)
    assert table["p"].isna().all() == (id in OF_EACH)


def test_own_items_are_of_claims_about_the_mean():
    assert set(CRITERIA) - OF_EACH >= OWN_ITEMS


def structures(task, variant, *layers):
    return lambda inputs: made(
        tasks_of(inputs), seeds_of(inputs), left=left(task, variant, *layers)
    )


def tasks_of(inputs):
    return tuple(dict.fromkeys(inputs.counts["task"]))


def seeds_of(inputs):
    return tuple(dict.fromkeys(inputs.counts["seed"]))


def scaled(task, variant, factor, column="nats"):
    where = {"task": task, "variant": variant}
    return lambda inputs: change(
        inputs, "quality", where, **{column: lambda x: x * factor}
    )


def counted(task, variant, **columns):
    where = {"task": task, "variant": variant}
    return lambda inputs: change(inputs, "counts", where, **columns)


def unit_column(task, **columns):
    return lambda inputs: change(inputs, "units", {"task": task}, **columns)


def slower(what, factor):
    return lambda inputs: change(
        inputs, "times", {"what": what}, seconds_per_step=lambda x: x * factor
    )


def norms(task, rate):
    """All gradients fall at one rate."""
    return lambda inputs: inputs._replace(
        gradients=inputs.gradients.assign(
            norm=np.exp(-rate * inputs.gradients["lag"]).where(
                inputs.gradients["task"].eq(task), inputs.gradients["norm"]
            )
        )
    )


def swapped(inputs):
    """Neurons whose output gate alone lives hear far back, the others do not."""
    short = inputs.gradients["norm"].lt(1e-6).groupby(inputs.gradients["unit"])
    rate = np.where(short.transform("any"), 0.002, 0.3)
    norm = np.exp(-rate * inputs.gradients["lag"])
    return inputs._replace(gradients=inputs.gradients.assign(norm=norm))


def early(inputs):
    """W+G+N has its neurons from the first epoch on."""
    curves = inputs.curves.copy()
    later = curves["variant"].eq("wgn") & curves["epoch"].gt(0)
    for column in ("neurons_1", "neurons_2"):
        last = curves.loc[later, column].min()
        curves.loc[later, column] = last
    return inputs._replace(curves=curves)


def still_falling(inputs):
    """The dense network is best in its last epoch."""
    curves = inputs.curves.copy()
    dense = curves["variant"].eq("dense")
    curves.loc[dense, "valid_loss_nats"] = 6 - 0.02 * curves.loc[dense, "epoch"]
    return inputs._replace(curves=curves)


def fewer_right(task, variant, points):
    def changed(inputs):
        quality = inputs.quality.copy()
        own = quality["task"].eq(task) & quality["variant"].eq(variant)
        right = own & quality["correct"].eq(1)
        for _, rows in quality[right].groupby(["seed", "split"]):
            lost = rows.index[: round(points / 100 * 2500)]
            quality.loc[lost, "correct"] = 0.0
        return inputs._replace(quality=quality)

    return changed


# What makes each fail, in every seed.
FAILS = {
    "G1": structures("small", "wgn", {"--go": 45, "ifgo": 28}, {"ifgo": 60}),
    "G2": structures("small", "wgn", {"ifgo": 64}, {"---o": 4, "ifgo": 130}),
    "G3": scaled("small", "wgn", 1.004),
    "G4": structures("small", "wn", {"--go": 40, "ifgo": 32}, {"ifgo": 123}),
    "G5": structures("small", "wgn", {"ifgo": 64}, {"ifgo": 115}),
    "G6": counted("small", "wgn", compression=1.40),
    "G7": scaled("small", "dense", 0.95),
    "G8": scaled("small", "dense", 1.02),
    "G9": structures("small", "wn", {"ifgo": 72}, {"ifgo": 160}),
    "G10": counted("small", "wgn", compression=1.54),
    "G11": counted("large", "wn", compression=2.6),
    "G12": structures("imdb", "wn", {"-fg-": 8}),
    "G13": structures("imdb", "wgn", {"-fg-": 6}),
    "G14": structures("imdb", "wgn", {"ifgo": 4}),
    "G15": structures("char", "wgn", {"ifgo": 300}),
    "G16": fewer_right("imdb", "wgn", 3),
    "G17": fewer_right("imdb", "wgn", 5),
    "G18": counted("imdb", "wgn", compression=900.0),
    "G19": counted("imdb", "wgn", words_remaining=1200),
    "G20": structures("imdb", "wgn", {"-fg-": 14}),
    "G21": scaled("word", "dense", 0.95),
    "G22": still_falling,
    "G23": counted("word", "wgn", low_snr_share=0.4),
    "G24": counted("word", "wgn", compression=12.0),
    "G25": early,
    "G26": structures("imdb", "wgn", {"-fgo": 4}),
    "G27": structures("imdb", "wgn", {"if--": 4}),
    "G28": structures(
        "word", "wgn", {"--go": 30, "ifgo": 15}, {"---o": 40, "ifgo": 60}
    ),
    "G29": structures("imdb", "wgn", {"--go": 4}),
    "G30": structures("char", "wgn", {"ifgo": 50, "if-o": 350}),
    "G31": structures("word", "wgn", {"--go": 40}, {"---o": 4, "ifgo": 100}),
    "G32": structures("word", "wgn", {"--go": 40}, {"---o": 20, "if-o": 60}),
    "G33": structures("word", "wgn", {"--go": 4, "ifgo": 56}, {"---o": 40, "ifgo": 60}),
    "G34": structures(
        "small", "wgn", {"if--": 50, "ifgo": 4}, {"---o": 40, "ifgo": 60}
    ),
    "G35": structures("imdb", "w", {"if-o": 8}),
    "G36": structures("word", "w", {"--go": 40}, {"i-go": 20, "ifgo": 60}),
    "G37": structures("large", "wgn", *LEFT["small", "wgn"]),
    "G38": swapped,
    "G39": norms("small", 0.002),
    "G40": norms("small", 0.3),
    "G41": unit_column("small", moved=0.1),
    "G42": unit_column("small", monotone=0.9),
    "G43": unit_column("small", saturation=0.9),
    "G44": unit_column("small", vanilla_gap=0.05),
    "G45": norms("imdb", 0.1),
    "G46": norms("imdb", 0.1),
    "G47": counted("small", "wgn", shrunk_error=1e-3),
    "G48": counted("small", "wgn", skipped_error=1e-3),
    "G49": slower("shrunk", 3),
    "G50": counted("small", "wgn", operations_skipped=10**9),
    "G51": slower("skipped", 3),
    "G52": counted("small", "dense", parameters=100_000),
}


@pytest.mark.parametrize("id", CRITERIA)
def test_a_claim_fails_where_it_should(id, monkeypatch):
    table = ask(id, FAILS[id](world(id)), *HOLDS[id], monkeypatch=monkeypatch)
    assert set(table["verdict"]) == {NOT_REPRODUCED}, table[
        ["part", "low", "high", "state"]
    ]


def test_criteria_are_those_fixed_before_the_first_run():
    assert {claim.id: claim.criterion for claim in CLAIMS} == CRITERIA
    assert [claim.id for claim in CLAIMS] == list(CRITERIA)
    assert set(ASKED) == set(CRITERIA)
    assert all(c.sentence and c.source and c.paper == PAPER for c in CLAIMS)


@pytest.mark.parametrize("id", ["G1", "G6", "G13", "G19", "G23", "G46", "G50", "G52"])
def test_a_count_of_one_seed_decides_nothing(id, monkeypatch):
    inputs = made(HOLDS[id], seeds=(1,))
    table = ask(id, inputs, *HOLDS[id], monkeypatch=monkeypatch)
    assert set(table["verdict"]) == {UNDECIDED}
    assert table["note"].str.contains("one seed").all()
    failing = made(HOLDS[id], seeds=(1,)) if id == "G1" else FAILS[id](inputs)
    table = ask(id, failing, *HOLDS[id], monkeypatch=monkeypatch)
    assert set(table["verdict"]) == {UNDECIDED}


@pytest.mark.parametrize("id", ["G3", "G7", "G33", "G49"])
def test_an_interval_of_one_seed_decides(id, monkeypatch):
    inputs = made(HOLDS[id], seeds=(1,))
    table = ask(id, inputs, *HOLDS[id], monkeypatch=monkeypatch)
    assert set(table["verdict"]) == {REPRODUCED}


@pytest.mark.parametrize("id", ["G1", "G2", "G3", "G6"])
def test_without_a_matched_penalty_nothing_is_compared(id, monkeypatch):
    inputs = change(
        made(("small",)),
        "quality",
        {"variant": "wgn", "split": "valid"},
        nats=lambda x: x * 1.01,
    )
    table = ask(id, inputs, "small", monkeypatch=monkeypatch)
    assert set(table["verdict"]) == {NOT_RUN}
    reason = table["reason"].iloc[0]
    assert reason.startswith("λ not matched")
    assert "4." in reason


OTHER_SIZES = {
    "mini": ("pruning", "words", 2, 64, 5),
    "imdb-small": ("bayes", "texts", 1, 32, 60),
    "char-256": ("bayes", "characters", 1, 256, 50),
    "word-25": ("bayes", "words", 2, 200, 25),
    "ud-genres": ("bayes", "texts", 1, 128, 60),
}
STANDS_FOR = dict(
    zip(OTHER_SIZES, ("small", "imdb", "char", "word", "agnews"), strict=True)
)


def other_sizes(**options):
    """Tasks that only stand for the paper's settings."""
    few = {
        (name, variant): tuple(
            {one: max(1, count // 10) for one, count in layer.items()}
            for layer in LEFT[STANDS_FOR[name], variant]
        )
        for name in OTHER_SIZES
        for variant in VARIANTS[OTHER_SIZES[name][0]][1:]
    }
    return made(tuple(OTHER_SIZES), sizes=OTHER_SIZES, left=few, **options)


@pytest.fixture(scope="module")
def substitutes():
    return judge(other_sizes(), params(tuple(OTHER_SIZES), sizes=OTHER_SIZES))


def test_other_sizes_are_not_held_to_the_papers_numbers(substitutes):
    table = substitutes
    verdict = table.drop_duplicates(["claim", "split"]).set_index(["claim", "split"])
    for id in ("G8", "G9", "G10", "G18", "G20"):
        own = verdict.loc[id]
        assert set(own["verdict"]) == {NOT_RUN}
        assert own["reason"].str.contains("has not the sizes and epochs").all()
    assert set(verdict.loc["G11"].index) == {ALL}
    assert "no task stands for Word PTB (large)" in verdict.loc[("G11", ALL), "reason"]
    # What names a setting is asked of what stands for it.
    assert set(verdict.loc["G27"].index) == {"imdb-small"}
    assert set(verdict.loc["G26"].index) == {"imdb-small", "ud-genres"}
    assert set(verdict.loc["G31"].index) == {"word-25"}
    assert set(verdict.loc["G7"].index) == {"mini"}
    assert verdict.loc[("G29", ALL), "verdict"] == REPRODUCED
    assert len(set(table["claim"])) == 52


def test_the_report_has_a_column_for_each_task(substitutes):
    page = to_markdown(substitutes)
    assert all(f"verdict ({name})" in page for name in [*OTHER_SIZES, ALL])


def test_claims_that_compare_tasks_need_all_of_them(monkeypatch):
    table = ask("G15", made(("imdb", "word")), "imdb", "word", monkeypatch=monkeypatch)
    assert set(table["verdict"]) == {NOT_RUN}
    assert "AGNews" in table["reason"].iloc[0]


def test_tasks_are_compared_in_the_seeds_that_both_have(monkeypatch):
    inputs = without(made(("imdb", "word")), "counts", task="word", seed=2)
    table = ask("G29", inputs, "imdb", "word", monkeypatch=monkeypatch)
    assert set(table["seed"]) == {1}
    assert set(table["verdict"]) == {REPRODUCED}


def test_tasks_without_a_common_seed_are_not_compared(monkeypatch):
    inputs = made(("imdb", "word"))
    for task, seed in (("imdb", 1), ("word", 2)):
        inputs = without(inputs, "counts", task=task, seed=seed)
    table = ask("G29", inputs, "imdb", "word", monkeypatch=monkeypatch)
    assert set(table["verdict"]) == {NOT_RUN}
    assert table["reason"].iloc[0] == "imdb, word have no seed in common"


def collapsed(inputs, task):
    """Its W+G+N has learned nothing."""
    curves = inputs.curves.copy()
    own = curves["task"].eq(task) & curves["variant"].eq("wgn")
    curves.loc[own, ["valid_loss_nats", "valid_accuracy"]] = 0.5
    return inputs._replace(curves=curves)


def test_one_setting_is_enough_whatever_the_others_lack(monkeypatch):
    tasks = ("imdb", "char", "word")
    inputs = without(collapsed(made(tasks), "imdb"), "counts", task="char", seed=2)
    table = ask("G24", inputs, *tasks, monkeypatch=monkeypatch)
    assert set(table["verdict"]) == {REPRODUCED}
    (note,) = table["note"]
    assert "char +14 neurons, -0.40× (one seed, which decides nothing); word" in note
    assert "left out: Bayes W+G+N of imdb ends no better" in note
    # What has one seed settles nothing, either way.
    otherwise = counted("word", "wgn", compression=12.0)
    table = ask("G24", otherwise(inputs), *tasks, monkeypatch=monkeypatch)
    assert set(table["verdict"]) == {UNDECIDED}
    inputs = otherwise(collapsed(made(("imdb", "word")), "imdb"))
    table = ask("G24", inputs, "imdb", "word", monkeypatch=monkeypatch)
    assert set(table["verdict"]) == {NOT_REPRODUCED}


def test_a_setting_whose_seeds_differ_settles_nothing(monkeypatch):
    where = {"task": "word", "variant": "wgn", "seed": 2}
    inputs = change(made(("word",)), "counts", where, compression=12.0)
    table = ask("G24", inputs, "word", monkeypatch=monkeypatch)
    assert set(table["verdict"]) == {UNDECIDED}


NOT_ON_CONTROL = ("G18", "G19", "G20", "G24", "G25")


@pytest.mark.parametrize("id", NOT_ON_CONTROL)
def test_some_claims_are_not_asked_of_the_control_language(id, monkeypatch):
    table = ask(id, world(id), *HOLDS[id], monkeypatch=monkeypatch, control=True)
    assert set(table["verdict"]) == {NOT_RUN}


def test_on_the_control_language_a_classifier_must_stay_at_chance(monkeypatch):
    inputs = made(("imdb",))
    # G17 must not come out reproduced there: the report would warn of it.
    assert [claim.id for claim in CLAIMS if claim.needs_structure] == ["G17"]
    table = ask("G17", inputs, "imdb", monkeypatch=monkeypatch, control=True)
    assert set(table["verdict"]) == {REPRODUCED}
    assert "above chance" in table["note"].iloc[0]
    at = inputs._replace(counts=inputs.counts.assign(chance=0.845))
    table = ask("G17", at, "imdb", monkeypatch=monkeypatch, control=True)
    assert set(table["verdict"]) == {NOT_RUN}
    assert "nothing to tell classes by" in table["reason"].iloc[0]


def test_a_network_that_has_learned_nothing_is_not_judged(monkeypatch):
    inputs = change(
        made(("small",)),
        "curves",
        {"variant": "wgn"},
        valid_loss_nats=lambda x: x.max() + 0 * x,
    )
    table = ask("G7", inputs, "small", monkeypatch=monkeypatch)
    assert set(table["verdict"]) == {NOT_RUN}
    assert "ends no better than untrained" in table["reason"].iloc[0]


def test_a_dense_network_may_end_worse_than_its_best(monkeypatch):
    # Under Adam it overfits: what is measured is its best epoch.
    curves = made(("imdb",)).curves
    last = curves["variant"].eq("dense") & curves["epoch"].gt(30)
    curves.loc[last, "valid_loss_nats"] = 2.0
    inputs = made(("imdb",))._replace(curves=curves)
    table = ask("G22", inputs, "imdb", monkeypatch=monkeypatch)
    assert set(table["verdict"]) == {REPRODUCED}


def test_beside_pruned_networks_the_dense_one_is_that_of_its_last_epoch(monkeypatch):
    inputs = made(("small",))
    curves = inputs.curves
    last = curves["variant"].eq("dense") & curves["epoch"].eq(20)
    curves.loc[last, "valid_loss_nats"] = 12.0
    table = ask("G7", inputs, "small", monkeypatch=monkeypatch)
    assert set(table["verdict"]) == {NOT_RUN}
    assert "ends no better than untrained" in table["reason"].iloc[0]


PRUNED_AWAY = {
    "everything pruned": (({}, {}), 140),
    "no input survives": (({}, {"ifgo": 3}), 140),
    "no input survives, for no word does": (LEFT["small", "wgn"], 0),
}


@pytest.mark.parametrize("reason", PRUNED_AWAY)
def test_a_network_that_nothing_is_left_of_is_not_judged(reason, monkeypatch):
    layers, words = PRUNED_AWAY[reason]
    inputs = made(("small",), left=left("small", "wgn", *layers))
    inputs = counted("small", "wgn", words_remaining=words)(inputs)
    for id in ("G1", "G3", "G5", "G6", "G7", "G38", "G47", "G49", "G50"):
        table = ask(id, inputs, "small", monkeypatch=monkeypatch)
        assert set(table["verdict"]) == {NOT_RUN}
        told = f"pruning W+G+N of small is not judged: {reason.split(',')[0]}"
        assert set(table["reason"]) == {told}
    # The others are.
    for id in ("G4", "G8"):
        table = ask(id, inputs, "small", monkeypatch=monkeypatch)
        assert set(table["verdict"]) == {REPRODUCED}


def test_too_few_lags_or_repetitions_leave_no_verdict(monkeypatch):
    inputs = made(("imdb",))
    short = inputs._replace(gradients=inputs.gradients.query("lag < 100"))
    table = ask("G45", short, "imdb", monkeypatch=monkeypatch)
    assert "measured to 99" in table["reason"].iloc[0]
    few = inputs._replace(times=inputs.times.query("repetition < 5"))
    table = ask("G49", few, "imdb", monkeypatch=monkeypatch)
    assert "5 times" in table["reason"].iloc[0]


def test_a_number_that_agrees_with_the_table_alone_is_noted(monkeypatch):
    table = ask("G13", made(("char", "word")), "char", "word", monkeypatch=monkeypatch)
    notes = table.groupby("split")["note"].first()
    assert notes["char"] == (
        "table, Char PTB: 390 and 404: agrees with the paper's table, not with its "
        "sentence"
    )
    assert notes["word"] == "table, Word PTB (small): 68 – 110 and 52 – 108"
    table = ask("G3", made(("large",)), "large", monkeypatch=monkeypatch)
    assert table["note"].iloc[0].endswith("not with its sentence")


def test_all_variants_are_measured_on_the_same_sentences(monkeypatch):
    inputs = without(made(("small",)), "quality", variant="wgn", group=3)
    with pytest.raises(ValueError, match="same groups of"):
        ask("G7", inputs, "small", monkeypatch=monkeypatch)


def test_nothing_is_judged_at_too_small_a_scale():
    inputs = made(("imdb",), seeds=(1,))
    table = judge(inputs, params(("imdb",), judged=False))
    assert set(table["verdict"]) == {NOT_RUN}
    assert len(set(table["claim"])) == 52


def test_differences_of_quality_are_paired(monkeypatch):
    # Sentences differ far more than the networks do.
    inputs = made(("small",))
    hard = np.random.default_rng(3).lognormal(0, 1, len(inputs.quality))
    by_group = inputs.quality["group"].map(dict(enumerate(hard)))
    inputs = inputs._replace(
        quality=inputs.quality.assign(nats=inputs.quality["nats"] * by_group)
    )
    table = ask("G3", inputs, "small", monkeypatch=monkeypatch)
    assert set(table["verdict"]) == {REPRODUCED}
