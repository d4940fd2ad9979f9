"""Claims L20–L45, about probes, on made-up scores."""

from functools import cache

import numpy as np
import pandas as pd
import probes_made
import pytest
from lottery_made import RESAMPLES, _Made, params
from probes_made import LAYERS, NAMES, NOISE, SENTENCES

from ontogeny.studies.lottery import claims
from ontogeny.studies.lottery.claims import CLAIMS, judge
from ontogeny.studies.lottery.claims.nonlinear import parameters
from ontogeny.studies.lottery.claims.probe_scores import Probes
from ontogeny.studies.lottery.inputs import Inputs
from ontogeny.studies.lottery.probe_points import (
    noise_floors,
    own_scores,
    text_weights,
)

SETTINGS = params((1,))
IDS = [one.id for one in CLAIMS if 20 <= int(one.id.strip("Lb")) <= 45]
# Levels of which nothing is asked, and what no verdict is asked of.
NEVER = dict.fromkeys(["L22b", "L45"], "not run")
# With L37 goes not L36; with layers that rise below N, and N that stays, not L40b.
# L35 is counted: with CCG's many classes the linear probe is large, too.
CONFLICT = dict.fromkeys(["L35", "L36", "L40b"], "not reproduced")


@cache
def trained():
    """LTH0 to LTH9 of table A1, and their translations."""
    usual = {"magnitude": 9, "unpruned": 9}
    made = _Made(1, LAYERS, 1, usual, holds=True)
    nothing = pd.DataFrame({"seed": [], "chain": []})
    tables = {"curves": made.curves(), "sentences": made.sentences()}
    return dict.fromkeys(Inputs._fields[:15], nothing) | {
        name: table.assign(seed=1) for name, table in tables.items()
    }


@cache
def world(holds=True):
    return Inputs(**trained(), **probes_made.Made(holds).tables())


def ask(inputs, ids=IDS, settings=SETTINGS):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(claims, "CLAIMS", tuple(one for one in CLAIMS if one.id in ids))
        return judge(inputs, settings)


@pytest.fixture(scope="module")
def holds():
    return ask(world())


def verdicts(table):
    return table.groupby("claim", sort=False)["verdict"].first().to_dict()


def reason(table, claim):
    return table.loc[table["claim"].eq(claim), "reason"].iloc[0]


def rows(table, claim, part=""):
    found = table[table["claim"].eq(claim)]
    return found[found["part"].str.contains(part, regex=False)]


def changed(inputs, of, **columns):
    """With other values in those rows of `probes` that a function picks."""
    probes = inputs.probes.copy()
    at = probes.index[of(probes)]
    for name, change in columns.items():
        values = [change(value) for value in probes.loc[at, name]]
        probes.loc[at, name] = pd.Series(values, at, probes[name].dtype)
    return inputs._replace(probes=probes)


def raised(inputs, of, by):
    """Scores of accuracy that are higher by a number."""

    def more(sums):
        right, items = np.reshape(sums, (-1, 2)).T
        return np.stack([right + by * items, items], axis=1).ravel()

    up = {"score": lambda x: x + by, "valid_score": lambda x: x + by, "sums": more}
    return changed(inputs, of, **up)


def probes_in(inputs, resamples=RESAMPLES):
    scores = own_scores(inputs.probes, inputs.probe_tasks)
    floors = noise_floors(scores, inputs.probe_seeds)
    return Probes(inputs._asdict() | {"probe_floors": floors}, resamples)


# Planted effects.


def test_where_every_effect_is_planted_every_claim_is_reproduced(holds):
    found = verdicts(holds)
    assert list(found) == IDS
    assert found == dict.fromkeys(IDS, "reproduced") | NEVER | CONFLICT
    # The whole is made without noise, and so correlates (L34) more than resamples do.
    given = holds[holds["estimate"].notna() & holds["claim"].ne("L34")]
    assert (given["low"] <= given["estimate"] + 1e-9).all()
    assert (given["high"] >= given["estimate"] - 1e-9).all()


def test_where_the_opposite_is_planted_no_claim_is_reproduced():
    # More units than one would be ten times a linear probe's numbers.
    small = changed(
        world(False), lambda probes: probes["probe"].eq("mlp"), hidden=lambda _: 1
    )
    found = verdicts(ask(small))
    assert found == dict.fromkeys(IDS, "not reproduced") | NEVER


def test_what_retraining_does_as_well_is_not_pruning_s():
    own = world().probes
    copied = own[own["chain"].eq("magnitude")].assign(chain="unpruned")
    same = pd.concat([own[own["chain"].ne("unpruned")], copied], ignore_index=True)
    own = ["L24", "L26", "L28", "L38", "L43", "L20b", "L21b", "L42b"]
    no = ["L24b", "L26b", "L38b", "L39b", "L40b", "L41b", "L43b", "L44b"]
    found = verdicts(ask(world()._replace(probes=same), [*own, *no, "L28b"]))
    assert {found[id] for id in own} == {"reproduced"}
    assert {found[id] for id in no} == {"not reproduced"}
    # A series of no differences has no order.
    assert found["L28b"] == "not run"


def test_of_two_readings_that_exclude_each_other_one_is_reproduced():
    def pos_at_n(probes):
        return probes["task"].eq("pos") & probes["layer"].eq(LAYERS)

    found = verdicts(ask(raised(world(), pos_at_n, 0.02), ["L36", "L37"]))
    assert found == {"L36": "reproduced", "L37": "not reproduced"}


def test_a_trend_within_noise_is_none_but_for_a_hundredth():
    def last(probes):
        own = probes["task"].eq("ccg") & probes["layer"].eq(LAYERS)
        return own & probes["chain"].eq("magnitude") & probes["prunings"].eq(8)

    for trend, verdict in ((0.004, "reproduced"), (0.008, "not reproduced")):
        assert verdicts(ask(raised(world(), last, trend), ["L20"])) == {"L20": verdict}
    # A floor of 0.03 does not make 0.02 no trend.
    seeds = world().probe_seeds
    middle = seeds.groupby(["task", "layer"])["score"].transform("mean")
    noisy = seeds.assign(score=middle + 5 * (seeds["score"] - middle))
    found = ask(raised(world(), last, 0.02)._replace(probe_seeds=noisy), ["L20"])
    assert rows(found, "L20", "|CCG")[["bound", "state"]].values.tolist() == [
        ["≤ 0.01", "out"]
    ]


@pytest.mark.parametrize(("k", "weak"), [(4, "holds"), (2, "does not hold")])
def test_a_drop_elsewhere_is_not_at_lth5(k, weak):
    def earlier(probes):
        own = probes["task"].eq("ps_role") & probes["layer"].eq(LAYERS)
        return own & probes["chain"].eq("magnitude") & probes["prunings"].ge(k)

    found = ask(raised(world(), earlier, -0.02), ["L26"])
    assert verdicts(found) == {"L26": "not reproduced"}
    own = rows(found, "L26", "PS-Role").iloc[0]
    assert (own["estimate"], own["note"]) == (k, f"weak, 3–7: {weak}")
    assert rows(found, "L26", "Coref")["estimate"].tolist() == [5]


def test_models_that_are_best_in_turn_leave_open_which_is():
    inputs = world()
    probes = inputs.probes
    hard = np.random.default_rng(5).standard_normal(SENTENCES)
    place = probes["task"].eq("coref") & probes["layer"].eq(LAYERS)
    place &= probes["chain"].eq("magnitude") & probes["prunings"].eq(4)

    def other(sums):
        right, items = np.reshape(sums, (-1, 2)).T
        by = 0.0045 + 5 * (hard - hard.mean()) / 100
        return np.stack([right + by * items, items], axis=1).ravel()

    found = ask(changed(inputs, lambda _: place, sums=other), ["L25"])
    assert verdicts(found) == {"L25": "undecided"}
    share = float(rows(found, "L25", "Coref")["note"].iloc[0].split("%")[0][6:])
    assert 5 < share < 95


# What a run lacks.


def test_a_run_without_probes_is_asked_nothing():
    found = ask(Inputs(**trained()))
    assert set(verdicts(found).values()) == {"not run"}
    assert set(found["reason"]) == {"no probes were asked for"}


def test_without_an_mlp_linear_claims_are_judged():
    probes = world().probes
    linear = world()._replace(probes=probes[probes["probe"].eq("linear")])
    of_mlp = [f"L{n}" for n in range(31, 36)]
    found = ask(linear, ["L24", "L29", "L38", *of_mlp])
    said = verdicts(found)
    assert [id for id in said if said[id] == "not run"] == of_mlp
    assert reason(found, "L31") == "no mlp probe of PS-Fxn, LTH0, layer 6"
    assert reason(found, "L35") == "no MLP was trained"


def test_at_few_prunings_the_rest_is_judged_at_the_last():
    made = probes_made.Made(prunings=(4, 8))
    inputs = Inputs(**trained(), **made.tables())
    chains = {"magnitude": 2, "unpruned": 2}
    holds = ["L20", "L24", "L24b", "L25", "L28", "L33", "L38", "L43b"]
    settings = params((1,), at_once=4, chains=chains)
    found = ask(inputs, [*holds, "L26", "L28b"], settings)
    said = verdicts(found)
    assert reason(found, "L26").startswith("needs k = 1, 2, 3, 5, 6, 7")
    # A series of two differences has no order worth a verdict.
    assert reason(found, "L28b") == "needs three models of each chain, has 2"
    assert {said[id] for id in holds} == {"reproduced"}


def test_without_an_unpruned_chain_nothing_is_beyond_retraining():
    ids = ["L24", *(id for id in IDS if id.endswith("b"))]
    found = ask(world(), ids, params((1,), chains={"magnitude": 9}))
    second = found[found["claim"].str.endswith("b")]
    assert set(second["reason"]) == {"no unpruned chain was trained"}
    assert verdicts(found)["L24"] == "reproduced"


def test_tasks_and_seeds_that_were_not_asked_are_named():
    inputs = world()
    own = inputs.probe_tasks["task"].ne("coref")
    fewer = inputs._replace(
        probes=inputs.probes[inputs.probes["task"].ne("coref")],
        probe_tasks=inputs.probe_tasks[own],
        probe_seeds=inputs.probe_seeds[inputs.probe_seeds["probe_seed"].eq(0)],
    )
    found = ask(fewer, ["L20", "L24", "L42"])
    assert reason(found, "L24") == "no probes of task coref"
    assert reason(found, "L20") == "no second probe seed of POS (noise floor)"
    assert verdicts(found)["L42"] == "reproduced"


# Numbers.


def test_scores_and_resamples_are_those_of_the_sentences_drawn():
    inputs = world()
    probes, row = probes_in(inputs), inputs.probes
    weights = text_weights(row, inputs.probe_tasks, RESAMPLES)
    row = row[row["chain"].eq("magnitude") & row["prunings"].eq(3)]
    for task in ("pos", "chunk", "ef", "coref"):
        own = row[row["task"].eq(task) & row["layer"].eq(2)].iloc[0]
        text = "novels" if task == "coref" else "treebank"
        found = []
        for drawn in weights[text]:
            parts = np.repeat(
                np.reshape(own["sums"], (SENTENCES, -1)), drawn.astype(int), axis=0
            ).sum(axis=0)
            by = {"pos": 1, "coref": 1, "ef": 0}.get(task)
            right = parts[5] if task == "ef" else parts[0]
            found.append(right / (parts[by] if by is not None else parts[1:].mean()))
        np.testing.assert_allclose(probes.score(task, "magnitude", 3, 2), found)
    # What is drawn of one text is drawn of all its tasks and models.
    assert not np.allclose(weights["novels"][1:], weights["treebank"][1:])


def test_the_best_layer_is_that_of_validation_text_whatever_the_test_part_says():
    def second(probes):
        own = probes["task"].eq("ccg") & probes["layer"].eq(2)
        return own & probes["chain"].eq("magnitude") & probes["prunings"].eq(5)

    inputs = changed(world(), second, valid_score=lambda _: 0.99)
    probes = probes_in(inputs)
    assert probes.best_layer("ccg", "magnitude", 5) == 2
    assert probes.best_layer("ccg", "magnitude", 4) == LAYERS
    assert probes.best_layer("pos", "dense", 0) == 4
    np.testing.assert_array_equal(
        probes.best("ccg", "magnitude", 5), probes.score("ccg", "magnitude", 5, 2)
    )
    # Of sites without neighbours none is ever best.
    above = changed(world(), lambda p: p["layer"].lt(1), valid_score=lambda _: 1.0)
    assert probes_in(above).best_layer("ccg", "dense", 0) == LAYERS


def test_z_is_from_the_magnitude_chain_s_cells_alone():
    inputs = world()
    probes, table = probes_in(inputs), inputs.probes
    own = table[table["task"].eq("parent") & table["layer"].ge(1)]
    cells = own[own["chain"].isin(["dense", "magnitude"])]["score"].to_numpy()
    assert len(cells) == 9 * LAYERS
    middle = cells.mean()
    spread = np.sqrt(((cells - middle) ** 2).mean())
    for chain, k, layer in (("dense", 0, 1), ("magnitude", 8, 6), ("unpruned", 3, 2)):
        score = probes.score("parent", chain, k, layer)
        np.testing.assert_allclose(
            probes.z("parent", chain, k, layer), (score - middle) / spread
        )


def test_noise_is_that_of_probe_seeds_or_of_another_lth0():
    inputs = world()
    assert probes_in(inputs).noise("parent") == pytest.approx(NOISE)
    seeds = inputs.probe_seeds
    at = seeds["task"].eq("parent") & seeds["layer"].eq(LAYERS)
    noisy = seeds.assign(
        score=seeds["score"].where(~at, [*range(5)] * (len(seeds) // 5))
    )
    five = np.arange(5.0)
    formula = 2.8 * np.sqrt(((five - 2) ** 2).sum() / 4)
    probes = probes_in(inputs._replace(probe_seeds=noisy))
    assert probes.noise("parent") == pytest.approx(formula)
    # Another seed's LTH0, further away.
    other = inputs.probes[inputs.probes["chain"].eq("dense")]
    other = other.assign(seed=2, score=other["score"] + 0.02)
    both = inputs._replace(probes=pd.concat([inputs.probes, other], ignore_index=True))
    found = ask(both, ["L20"])
    assert rows(found, "L20")["note"].str.contains("noise floor 0.0200").all()


def test_a_mean_z_is_over_tasks_that_stand_out_of_noise():
    inputs = world()
    seeds = inputs.probe_seeds
    of_ccg = seeds["task"].eq("ccg") & seeds["probe_seed"].eq(0)
    noisy = inputs._replace(
        probe_seeds=seeds.assign(score=seeds["score"] - 0.1 * of_ccg)
    )
    probes = probes_in(noisy)
    syntax = [task for task in NAMES if probes_made.group(task) == "syntax"]
    own = [probes.z(task, "magnitude", 8, 1) for task in syntax if task != "ccg"]
    assert len(own) == 9
    found = probes.group_z(["syntax"], "magnitude", 8, 1)
    np.testing.assert_allclose(found, np.mean(own, axis=0))
    told = ask(noisy, ["L38", "L43"])
    assert (
        "below the noise floor and left out: CCG" in rows(told, "L38")["note"].iloc[0]
    )
    assert "left out" not in rows(told, "L43")["note"].iloc[0]
    before = (probes.z("pos", "dense", 0, 1), probes.group_z(["syntax"], "dense", 0, 1))
    after = (probes.z("pos", "magnitude", 8, 1), found)
    rise = (9 * (after[1] - before[1]) + after[0] - before[0])[0] / 10
    assert rows(told, "L38")["note"].iloc[0].startswith(f"with POS {rise:+.3f}")


def test_a_task_of_constant_scores_has_no_z():
    inputs = world()
    all_right = changed(
        inputs,
        lambda probes: probes["task"].eq("pos"),
        score=lambda _: 1.0,
        sums=lambda sums: np.full(len(sums), 100.0),
    )
    found = ask(all_right, ["L22", "L38", "L41"])
    assert reason(found, "L41") == "POS has no z: its scores are constant"
    assert verdicts(found)["L22"] == verdicts(found)["L38"] == "reproduced"


def test_a_baseline_without_errors_has_none_to_reduce():
    def right(probes):
        return probes["task"].isin(["pos", "parent"]) & probes["layer"].isin([-1, 0])

    perfect = changed(world(), right, sums=lambda sums: np.full(len(sums), 100.0))
    found = ask(perfect, ["L21", "L23", "L30"])
    assert verdicts(found) == {
        "L21": "not reproduced",
        "L23": "reproduced",
        "L30": "reproduced",
    }
    probes = probes_in(world())

    def mean(tasks):
        best = np.array([probes.best(task, "dense", 0)[0] for task in tasks])
        base = np.array([probes.score(task, "dense", 0, 0)[0] for task in tasks])
        return ((best - base) / (1 - base)).mean()

    others = [task for task in NAMES if task not in ("pos", "ccg", "st", "parent")]
    expected = mean(["ccg", "st"]) - mean(others)
    assert rows(found, "L23")["estimate"].iloc[0] == pytest.approx(expected)


def test_relative_losses_are_held_beside_bleu_s_at_the_last_k_that_keeps_it(holds):
    row = rows(holds, "L27").iloc[0]
    assert row["part"].endswith("k = 7")
    made = probes_made.Made()
    lost = [
        1 - made.score(t, "magnitude", 7, 6) / made.score(t, "dense", 0, 6)
        for t in ("ps_fxn", "ps_role", "coref")
    ]
    bleu = 1 - 27.61 / 27.77
    assert row["estimate"] == pytest.approx(np.mean(lost) - bleu, abs=2e-3)
    # Beside each other, each in resamples of its own text.
    assert row["low"] < row["estimate"] < row["high"]


def test_parameters_are_counted(holds):
    found = rows(holds, "L35")
    assert len(found) == len(NAMES)
    one = rows(holds, "L35", "PS-Fxn")["estimate"].iloc[0]
    assert one == ((128 + 1) * 1024 + (1024 + 1) * 40) / ((128 + 1) * 40)
    pair = rows(holds, "L35", "Coref")["estimate"].iloc[0]
    assert pair == ((3 * 128 + 1) * 1024 + (1024 + 1) * 2) / ((3 * 128 + 1) * 2)
    assert rows(holds, "L35", "CCG")["estimate"].iloc[0] == pytest.approx(8.8, abs=0.05)
    # The paper's sizes: not of CCG's 1,272 supertags.
    paper = [parameters(1024, 1024, n) / parameters(1024, 0, n) for n in (40, 1272)]
    assert paper[0] > 10 > 2 > paper[1]


def test_what_is_lost_is_lost_from_the_better_of_lth0_and_lth1(holds):
    falling = probes_made.FALLING
    for claim in ("L24", "L33"):
        found = rows(holds, claim, "PS-Fxn")["estimate"].iloc[0]
        assert found == pytest.approx(falling[8] - falling[1])


def test_an_mlp_that_finds_less_is_not_one_without_a_trend():
    def last(probes):
        own = probes["task"].eq("syn_arc_pred") & probes["probe"].eq("mlp")
        return own & probes["prunings"].eq(8)

    found = rows(ask(raised(world(), last, -0.021), ["L32"]), "L32", "SynArcPred")
    assert found["estimate"].tolist() == pytest.approx([0.02, 0.02 - 0.016])
    assert found["state"].tolist() == ["out", "out"]


def test_what_has_no_sentence_has_numbers_and_no_verdict(holds):
    told = reason(holds, "L45")
    assert told.startswith("no verdict is asked; K − 0: NER ")
    assert told.count("rises, then falls (best at k = 4)") == 2
    assert "nothing is asked beyond retraining" in reason(holds, "L22b")
    assert "ST 0.950" in reason(holds, "L22b")


def test_beyond_retraining_is_beside_the_unpruned_chain_at_the_same_k(holds):
    made = probes_made.Made()

    def estimate(claim, part=""):
        return rows(holds, claim, part)["estimate"].iloc[0]

    def planted(task, k=8):
        one, other = (made.score(task, c, k, 6) for c in ("magnitude", "unpruned"))
        return one - other

    close = {"abs": 1e-3}
    assert estimate("L24b", "Coref") == pytest.approx(planted("coref"), **close)
    assert estimate("L28b", "SynArcPred, K") == pytest.approx(
        planted("syn_arc_pred"), **close
    )
    assert estimate("L20b", "ST") == pytest.approx(planted("st"), **close)
    assert set(rows(holds, "L26b")["estimate"]) == {5}
    assert set(rows(holds, "L25b")["estimate"]) == {1}


def test_early_layers_shift_gradually_by_probes_too():
    made = _Made(1, LAYERS, 1, {"magnitude": 9, "unpruned": 9}, holds=True)
    measured = {"layers": made.layers(), "attention": made.attention()}
    tables = {name: table.assign(seed=1) for name, table in measured.items()}
    inputs = world()._replace(**tables)
    found = ask(inputs, ["L83", "L83b"])
    assert verdicts(found) == {"L83": "reproduced", "L83b": "reproduced"}
    assert rows(found, "L83", "(L38)")["estimate"].tolist() == [1]


def test_a_longer_text_of_the_control_language_changes_no_verdict(holds):
    probes = world().probes
    rows = probes[probes["layer"].eq(LAYERS) & probes["prunings"].eq(0)]
    longer = rows.assign(chain="control", units=rows["units"].map(lambda u: u + 900))
    both = world()._replace(probes=pd.concat([probes, longer], ignore_index=True))
    assert verdicts(ask(both, ["L22", "L38"])) == {
        name: verdict
        for name, verdict in verdicts(holds).items()
        if name in ("L22", "L38")
    }
