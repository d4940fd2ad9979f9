"""Claims on made-up results without probes, and what of them is retraining's."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from lottery_made import BLEU, FREQUENCY, made, params

from ontogeny.claims.regions import below
from ontogeny.claims.report import to_markdown
from ontogeny.studies.lottery import claims
from ontogeny.studies.lottery.claims import CLAIMS, OF_EACH, judge
from ontogeny.studies.lottery.claims.asked import Against, Each

OWN = [f"L{n}" for n in range(1, 86)]
COMPARED = [*range(4, 10), *range(20, 29), *range(38, 45), *range(46, 61)]
COMPARED += [*range(67, 70), *range(72, 76), 79, 80, 81, 83]
OF_PROBES = [id for id in (one.id for one in CLAIMS) if 20 <= int(id.strip("Lb")) <= 45]
STAY = ["L46b", "L67b", "L72b", "L75b", "L79b", "L80b"]
# Of what no world can say anything, at the paper's scale.
NEVER = ["L2", "L8b", "L55b", "L83", "L83b", *OF_PROBES]
NEVER = dict.fromkeys(NEVER, "not run")
MINI = {"layers": 2, "at_once": 4, "chains": {"magnitude": 2, "unpruned": 2}}


@cache
def world(**options):
    return made((1,), **options)


def ask(ids, inputs, settings):
    """The rows of some claims; the others are not asked, which is faster."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(claims, "CLAIMS", tuple(one for one in CLAIMS if one.id in ids))
        return judge(inputs, settings)


@pytest.fixture(scope="module")
def holds():
    return judge(world(), params((1,)))


@pytest.fixture(scope="module")
def mini():
    return judge(made((1,), **MINI), params((1,), as_in_paper=False, **MINI))


def verdicts(table):
    return table.groupby("claim", sort=False)["verdict"].first().to_dict()


def reason(table, claim):
    return table.loc[table["claim"] == claim, "reason"].iloc[0]


def rows(table, claim, part=""):
    found = table[table["claim"].eq(claim)]
    return found[found["part"].str.contains(part, regex=False)]


def estimate(table, claim, part=""):
    return rows(table, claim, part)["estimate"].iloc[0]


def test_a_bleu_of_0_judges_nothing():
    inputs = world()
    own = inputs.sentences
    dense = own["chain"].eq("dense")
    none = [[0] * 8 + list(one[8:]) for one in own.loc[dense, "statistics"]]
    sentences = own.copy()
    sentences.loc[dense, "statistics"] = pd.Series(none, index=own.index[dense])
    found = ask(["L4", "L7", "L8"], inputs._replace(sentences=sentences), params((1,)))
    assert verdicts(found) == {"L4": "not run", "L7": "not run", "L8": "reproduced"}
    assert "LTH0 of the dense chain has a BLEU of 0" in reason(found, "L4")


def width(row):
    return row["high"] - row["low"]


def test_every_claim_is_there_once_and_again_beyond_retraining():
    compared = [f"L{n}b" for n in COMPARED]
    ids = [claim.id for claim in CLAIMS]
    assert sorted(ids) == sorted(OWN + compared)
    assert ids.index("L46b") == ids.index("L46") + 1
    assert ids.index("L10") > ids.index("L9")


def test_claims_about_classes_need_structure():
    needs = [claim.id for claim in CLAIMS if claim.needs_structure]
    assert needs == [f"L{n}" for n in range(62, 67)]


def test_where_every_effect_is_planted_every_claim_is_reproduced(holds):
    # Where L52 holds, L60 cannot.
    conflict = dict.fromkeys(["L60", "L60b"], "not reproduced")
    found = verdicts(holds)
    assert found == dict.fromkeys(found, "reproduced") | NEVER | conflict
    assert (holds["low"].fillna(0) <= holds["estimate"].fillna(0) + 1e-9).all()
    assert (holds["high"].fillna(0) >= holds["estimate"].fillna(0) - 1e-9).all()


def test_of_three_seeds_claims_are_about_their_mean_unless_a_run_picks():
    """Of runs that agree, all but for those picks is told as of each."""
    seeds = (1, 2, 3)
    found = judge(made(seeds), params(seeds))
    conflict = dict.fromkeys(["L60", "L60b"], "not reproduced")
    told = verdicts(found)
    assert told == dict.fromkeys(told, "reproduced") | NEVER | conflict
    mean = set(found.loc[found["seed"].isna(), "claim"])
    asked = {id for id, verdict in told.items() if verdict != "not run"}
    assert mean == asked - OF_EACH
    assert set(told) >= OF_EACH


def test_where_the_opposite_is_planted_no_claim_is_reproduced():
    found = verdicts(judge(world(world="not"), params((1,))))
    assert found == dict.fromkeys(found, "not reproduced") | NEVER


def test_of_two_readings_that_exclude_each_other_one_is_reproduced():
    further = world(decoder_last="further")
    found = verdicts(ask(["L51", "L52", "L60", "L60b"], further, params((1,))))
    assert found == {
        "L51": "reproduced",
        "L52": "not reproduced",
        "L60": "reproduced",
        "L60b": "reproduced",
    }


def test_seeds_that_disagree_leave_it_undecided():
    one, other = world(), made((2,), world="not")
    both = type(one)(
        *(pd.concat(two, ignore_index=True) for two in zip(one, other, strict=True))
    )
    ids = ["L3", "L4", "L4b", "L13", "L47", "L47b", "L64", "L67", "L78"]
    found = verdicts(ask(ids, both, params((1, 2))))
    assert found == dict.fromkeys(ids, "undecided")


# Beyond retraining.


def test_what_retraining_does_as_well_is_not_pruning_s():
    """A chain that moves as far as the pruned one, not pruned."""
    inputs = world()

    def copied(table):
        own = table[table["chain"] == "magnitude"].assign(chain="unpruned")
        return pd.concat([table[table["chain"] != "unpruned"], own])

    same = inputs._replace(
        **{
            name: copied(table)
            for name, table in inputs._asdict().items()
            if "chain" in table
        }
    )
    ids = [one.id for one in CLAIMS if one.id.endswith("b")]
    found = verdicts(ask([*ids, "L47", "L54", "L69"], same, params((1,))))
    assert {found[id] for id in ("L47", "L54", "L69")} == {"reproduced"}
    assert {found[id] for id in STAY} == {"reproduced"}
    for id in ("L5b", "L6b", "L7b", "L48b", "L52b", "L54b", "L58b", "L68b", "L81b"):
        assert found[id] == "not reproduced", id
    # A series of no differences has no order.
    assert {found[id] for id in ("L47b", "L50b", "L56b", "L59b")} == {"not run"}


def test_beyond_retraining_is_the_difference_of_both_chains(holds):
    found = {}
    for chain in ("magnitude", "unpruned"):
        inputs = world()
        layers = inputs.layers[inputs.layers["chain"] == chain]
        neurons = inputs.neurons[inputs.neurons["chain"] == chain]
        other = inputs._replace(
            layers=layers.assign(chain="magnitude"),
            neurons=neurons.assign(chain="magnitude"),
        )
        settings = params((1,), chains={"magnitude": 9})
        found[chain] = ask(["L48", "L52", "L53"], other, settings)

    def apart(claim, part):
        return estimate(found["magnitude"], claim, part) - estimate(
            found["unpruned"], claim, part
        )

    assert estimate(holds, "L48b", "decoder") == pytest.approx(apart("L48", "decoder"))
    assert estimate(holds, "L53b", "K") == pytest.approx(apart("L53", "K"))
    assert len(rows(holds, "L53")) == 2  # of LTH0, too
    assert len(rows(holds, "L53b")) == 1


def test_what_both_chains_have_lost_wholly_says_nothing_against_pruning():
    """No neuron of either is unchanged: what is left to ask is how far they moved."""
    inputs = world()
    neurons = inputs.neurons
    share = neurons["statistic"].eq("above_098") & neurons["chain"].ne("dense")
    value = neurons["value"].mask(share, 0.0)
    draws = [
        np.zeros_like(own) if none else own
        for own, none in zip(neurons["draws"], share, strict=True)
    ]
    gone = inputs._replace(neurons=neurons.assign(value=value, draws=draws))
    found = verdicts(ask(["L49", "L49b"], gone, params((1,))))
    assert found == {"L49": "reproduced", "L49b": "reproduced"}


@pytest.mark.parametrize(
    ("peaked", "verdict"), [(0.9, "not reproduced"), (0.41, "reproduced")]
)
def test_a_share_that_grows_far_more_than_by_retraining_has_not_stayed(peaked, verdict):
    inputs = world()
    table = inputs.peaked
    last = table["chain"].eq("magnitude") & table["kind"].eq("decoder_self")
    last &= table["prunings"].eq(8)
    counts = table["peaked"].mask(last, (peaked * table["queries"]).round().astype(int))
    grown = inputs._replace(peaked=table.assign(peaked=counts))
    found = verdicts(ask(["L79", "L79b"], grown, params((1,))))
    assert found == {"L79": verdict, "L79b": verdict}


def test_each_is_asked_of_its_own_difference_and_a_largest_of_the_largest():
    own, other = np.array([[3.0, 5.0]]), np.array([[1.0, 4.5]])
    each, largest = (
        kind("", own, below(9)).beyond(kind("", other, below(9)), below(0)).estimate
        for kind in (Each, Against)
    )
    assert (each, largest) == (2, 0.5)


def test_bleu_is_held_beside_the_unpruned_chain_at_the_same_k(holds):
    scores = {chain: np.array(of) for chain, of in BLEU.items()}
    own, plain = scores["magnitude"], scores["unpruned"]
    close = {"abs": 2e-3}
    assert estimate(holds, "L4") == pytest.approx(own[7] / own[0], **close)
    assert estimate(holds, "L4b") == pytest.approx(own[7] / plain[7], **close)
    assert estimate(holds, "L9b") == pytest.approx(
        scores["random"][8] / plain[8], **close
    )
    assert estimate(holds, "L7b") == pytest.approx(own[1] - plain[1], abs=0.03)
    assert estimate(holds, "L6") == estimate(holds, "L6b") == 8
    assert "weak: holds, net sparsity 0.699" in rows(holds, "L6")["note"].iloc[0]


def test_a_level_is_given_and_not_judged_beyond_retraining(holds):
    assert "of a level nothing is asked beyond retraining" in reason(holds, "L55b")
    assert "sim(4, 6), decoder, K: +0.0" in reason(holds, "L55b")
    assert "K / 0, encoder, centred: -0.1" in rows(holds, "L58b")["note"].iloc[0]
    assert not rows(holds, "L49b", "dip").size


def test_without_an_unpruned_chain_nothing_is_beyond_retraining():
    chains = {"magnitude": 9, "random": 9}
    found = ask(
        [one.id for one in CLAIMS if one.id.endswith("b")] + ["L49", "L50"],
        world(),
        params((1,), chains=chains),
    )
    said = verdicts(found)
    assert said.pop("L50") == "reproduced"
    assert set(said.values()) == {"not run"}
    assert set(found.loc[found["claim"] != "L50", "reason"]) == {
        "no unpruned chain was trained"
    }


# Adjusted attention.


def test_attention_that_is_alike_by_its_mask_alone_is_undecided():
    ids = ["L67", "L69", "L72", "L75", "L76", "L80", "L67b", "L75b"]
    found = ask(ids, world(mask_only=True), params((1,)))
    said = verdicts(found)
    undecided = [id for id in ids if said[id] == "undecided"]
    assert undecided == ["L67", "L72", "L75", "L80"]
    assert {said[id] for id in ids if id not in undecided} == {"reproduced"}
    for id in undecided:
        assert "plain only: mask" in rows(found, id, "adjusted")["note"].iloc[0]
    assert set(rows(found, "L69")["note"].str.contains("mask")) == {False}


def test_attention_that_is_alike_only_once_adjusted_is_not_alike():
    inputs = world()
    table = inputs.attention.copy()
    less = ~table["adjusted"] & table["kind"].eq("decoder_self")
    less &= table["prunings_a"] != table["prunings_b"]
    table.loc[less, "similarity"] -= 0.1
    table.loc[less, "draws"] = table.loc[less, "draws"].map(
        lambda draws: None if draws is None else draws - 0.1
    )
    found = ask(["L75"], inputs._replace(attention=table), params((1,)))
    assert verdicts(found) == {"L75": "not reproduced"}


# What a run lacks.


def test_what_few_layers_and_prunings_cannot_say_is_not_run(mini):
    said = verdicts(mini)
    for id in ("L4", "L5", "L6", "L13", "L14", "L17"):
        assert said[id] == "not run"
        assert reason(mini, id).startswith("needs k = ")
        assert reason(mini, id).endswith("the magnitude chain has k = 4, 8")
    for id in ("L11", "L15", "L18", "L54", "L56", "L57", "L71", "L74"):
        assert said[id] == "not run"
        assert reason(mini, id).endswith(", has 2")
    assert "fewer than three layers" in reason(mini, "L51")
    for id, chain in (("L8", "random"), ("L9", "random"), ("L84", "shuffled")):
        assert reason(mini, id) == f"no {chain} chain was trained"
    assert "not the paper's" in reason(mini, "L1")


def test_at_few_prunings_the_rest_is_judged_at_the_last(mini):
    said = verdicts(mini)
    holds = ["L3", "L10", "L12", "L16", "L19", "L46", "L47", "L48", "L49", "L50"]
    holds += ["L52", "L53", "L58", "L59", "L61", "L62", "L64", "L67", "L68", "L69"]
    assert {said[id] for id in [*holds, "L48b", "L58b", "L67b"]} == {"reproduced"}
    # A series of two differences has no order worth a verdict.
    assert reason(mini, "L47b") == "needs three models of each chain, has 2"
    # Of the paper's numbers nothing is asked at other sizes.
    assert len(rows(mini, "L48")) == len(rows(mini, "L68")) == 2


def test_three_layers_give_the_encoder_s_order_and_no_verdict():
    options = {"layers": 3, "chains": {"magnitude": 3, "unpruned": 3}}
    found = ask(["L51", "L57b"], made((1,), **options), params((1,), **options))
    assert verdicts(found) == {"L51": "not run", "L57b": "reproduced"}
    assert estimate(found, "L51", "encoder") == 1
    assert "fewer than three layers (2)" in reason(found, "L51")


def test_what_was_not_resampled_is_named():
    inputs = world()
    layers = inputs.layers
    gone = layers["prunings_a"].eq(0) & layers["prunings_b"].eq(3)
    told = layers["draws"].where(~gone, None)
    found = ask(
        ["L50"], inputs._replace(layers=layers.assign(draws=told)), params((1,))
    )
    assert reason(found, "L50") == (
        "not resampled: layers, encoder, layer 1 of LTH0 and layer 1 of LTH3 of the "
        "magnitude chain"
    )
    found = ask(["L50"], inputs._replace(layers=layers[~gone]), params((1,)))
    assert reason(found, "L50").startswith("not measured: layers, encoder, layer 1")


def test_a_model_that_has_learned_nothing_is_not_judged():
    inputs = world()
    curves = inputs.curves.copy()
    curves.loc[curves["chain"] == "dense", "valid_loss_nats"] = 9.0
    found = ask(["L3", "L50"], inputs._replace(curves=curves), params((1,)))
    assert set(verdicts(found).values()) == {"not run"}
    assert reason(found, "L50").startswith("LTH0 ends no better than untrained")


def test_an_unjudged_scale_has_no_verdict():
    found = judge(world(), params((1,), judged=False))
    assert set(verdicts(found).values()) == {"not run"}


def test_tags_of_too_few_tokens_are_named():
    inputs = world()
    table = inputs.categories.copy()
    table.loc[table["category"].isin(["CC", "RP"]), "judged"] = False
    found = ask(["L62", "L63"], inputs._replace(categories=table), params((1,)))
    assert reason(found, "L62") == "too few tokens of CC, RP"
    assert verdicts(found)["L63"] == "reproduced"


# Numbers.


def test_differences_are_taken_within_resamples(holds):
    apart = rows(holds, "L48", "1 − N, decoder").iloc[0]
    ends = rows(holds, "L48", "decoder 1").iloc[0]
    assert 0 < width(apart) < width(ends) / 3
    score, better = rows(holds, "L1").iloc[0], rows(holds, "L84").iloc[0]
    assert 0 < width(better) < width(score) / 3


def test_which_of_two_layers_comes_first_does_not_matter(holds):
    inputs = world()
    swapped = {
        f"{name}_{one}": f"{name}_{other}"
        for name in ("prunings", "layer")
        for one, other in ("ab", "ba")
    }
    turned = inputs._replace(
        layers=inputs.layers.rename(columns=swapped),
        attention=inputs.attention.rename(columns=swapped),
    )
    ids = ["L51", "L53", "L57", "L69", "L73", "L83"]
    found = ask(ids, turned, params((1,)))
    own = holds[holds["claim"].isin(ids)].reset_index(drop=True)
    pd.testing.assert_frame_equal(found, own)


def test_estimates_are_the_plain_statistics(holds):
    assert set(rows(holds, "L47")["estimate"]) == {-1}
    assert len(rows(holds, "L47")) == 12
    assert estimate(holds, "L46") == pytest.approx(0.998)
    assert estimate(holds, "L58", "K / 0, encoder, centred") == 176 / 290
    assert estimate(holds, "L67") == pytest.approx(0.99)
    assert estimate(holds, "L68", "1 −") == pytest.approx(-0.37)
    assert estimate(holds, "L69") == pytest.approx(0.23)
    assert estimate(holds, "L70", "self") == pytest.approx(10 / 15)
    assert estimate(holds, "L70", "enc–dec") == pytest.approx(9 / 15)
    assert estimate(holds, "L71") == pytest.approx(0.25)
    assert estimate(holds, "L78", "decoder self − ") == pytest.approx(0.1, abs=1e-3)
    assert estimate(holds, "L79") == pytest.approx(0.01, abs=1e-3)
    middle, common = FREQUENCY["100–500"], FREQUENCY["0–5"]
    assert estimate(holds, "L61", "0–5") == pytest.approx(middle - common)
    assert estimate(holds, "L66") == pytest.approx(-1)


def test_random_pruning_s_number_stands_beside(holds):
    assert "random pruning: 0.998" in rows(holds, "L46")["note"].iloc[0]
    assert rows(holds, "L47")["note"].eq("random pruning: -1.000").all()
    assert not rows(holds, "L50")["note"].str.contains("random").any()


def test_every_count_and_every_rate_of_sparsity_is_exact(holds):
    assert estimate(holds, "L3", "off") == 0
    inputs = world()
    modules = inputs.modules.copy()
    at = modules.index[modules["chain"].eq("magnitude") & modules["prunings"].eq(5)]
    modules.loc[at[-1], "pruned"] += 1
    found = ask(["L3"], inputs._replace(modules=modules), params((1,)))
    assert estimate(found, "L3", "off") == 1
    assert verdicts(found) == {"L3": "not reproduced"}


def test_both_readings_stand_beside_each_other(holds):
    assert "relative reading" in rows(holds, "L12")["note"].iloc[0]
    assert rows(holds, "L19")["note"].str.contains("weak, > 0: holds").all()
    note = rows(holds, "L10")["note"].iloc[0]
    assert '"0.669" does not agree' in note
    assert '"70 %" agrees' in note


def test_neurons_in_two_humps_drop_out():
    inputs = world()
    matches = inputs.matches.copy()
    here = matches["chain"].eq("magnitude") & matches["prunings"].eq(8)
    here &= matches["of"].eq("sparse") & matches["layer"].eq(3)
    here &= matches["neuron"] % 2 == 0
    matches.loc[here, "correlation"] -= 0.5
    found = ask(["L49"], inputs._replace(matches=matches), params((1,)))
    assert verdicts(found) == {"L49": "not reproduced"}
    assert rows(found, "L49", "dip")["state"].eq("out").all()
    assert rows(found, "L49", "P95")["state"].eq("in").all()


def test_other_than_the_paper_s_sizes_the_weak_form_is_judged(holds):
    found = ask(["L55", "L55b"], world(), params((1,), as_in_paper=False))
    assert verdicts(found) == {"L55": "reproduced", "L55b": "reproduced"}
    assert rows(found, "L55")["bound"].eq("> 0").all()
    assert rows(holds, "L55")["bound"].str.contains("–").all()


def test_the_probes_part_of_a_claim_is_told_to_be_absent(holds):
    assert reason(holds, "L83") == "L38's quantity: no probes were asked for"
    numbers = rows(holds, "L83")["estimate"].dropna()
    assert numbers.tolist() == [1] * 4


def test_the_report_can_be_written(holds):
    text = to_markdown(holds)
    assert all(f"| {claim.id} |" in text for claim in CLAIMS)
