"""One set of defaults for every training, read without torch."""

import subprocess
import sys
from dataclasses import asdict

from ontogeny.sections.recipe import Recipe as Section
from ontogeny.training.recipe import Recipe


def test_a_recipe_is_imported_without_torch_and_without_pydantic():
    code = (
        "import sys, ontogeny.training.recipe as recipe; recipe.Recipe(); "
        "sys.exit(not {'torch', 'pydantic', 'pandas'}.isdisjoint(sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_the_config_has_the_recipe_s_defaults():
    section = Section().model_dump()
    assert section == {key: asdict(Recipe())[key] for key in section}
    assert Recipe(**Section(clip_norm=None).model_dump()).clip_norm is None


def test_an_identity_is_of_data_recipe_and_seed_alone():
    own = Recipe(hidden=7, divide_after=(1, 2)).identity(["aa", "bb"], 1)
    same = Recipe(hidden=7, divide_after=[1, 2], epochs=9, keep_steps=[4])
    assert same.identity(["aa", "bb"], 1) == own
    others = [
        same.identity(["bb", "aa"], 1),
        same.identity(["aa", "bb"], 2),
        Recipe(hidden=7).identity(["aa", "bb"], 1),
    ]
    assert len({own, *others}) == 4
    # Kept by what has been trained: this never changes.
    assert Recipe().identity(["ab"], 1).startswith("0cc6a01f50a57617")
