"""What the tests of scripts share."""

import pytest


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where the jobs run; scripts may write beside their outputs (`state`)."""
    folder = tmp_path_factory.mktemp("job")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        yield folder
