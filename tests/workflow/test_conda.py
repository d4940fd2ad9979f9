"""Jobs in a conda environment, as `--software-deployment-method conda` makes it.

A double of conda hands out a prepared environment: another Python, which has the
packages but not ours. What conda itself would install is compared with the lock
and with the scripts' imports in tests/core/test_repository.py.
"""

import os
import subprocess
import sysconfig
import venv

import pytest

pytestmark = pytest.mark.slow

CONDA = """\
#!/bin/bash
case "$*" in
"info --json") echo '{{"conda_prefix": "{base}", "platform": "linux-64"}}' ;;
"--version") echo "conda 25.1.0" ;;
"config --get channel_priority --json")
    echo '{{"get": {{"channel_priority": "strict"}}}}' ;;
"clean "*) ;;
"env create "*) ln -s "{base}/prepared" "${{!#}}" ;;
*) echo "the double of conda does not know: $*" >&2; exit 1 ;;
esac
"""
# Each start of an environment's Python writes down how it was called.
WITNESS = "import sys; open(sys.prefix + '/calls', 'a').write(f'{sys.orig_argv}\\n')"


@pytest.fixture
def bare(tmp_path):
    """Make a Python with all packages but ours; where it is."""

    def make(folder):
        venv.create(folder, symlinks=True)
        site = sysconfig.get_path("purelib", "venv", {"base": str(folder)})
        with open(os.path.join(site, "packages.pth"), "w") as file:
            file.write(f"{sysconfig.get_path('purelib')}\n{WITNESS}\n")
        python = folder / "bin" / "python"
        ours = subprocess.run(
            [python, "-E", "-c", "import ontogeny"],
            cwd=tmp_path,
            stderr=subprocess.DEVNULL,
        )
        assert ours.returncode, "nothing is shown where the package is installed"
        return python

    return make


@pytest.fixture
def conda(tmp_path, bare):
    """The double of conda; the folder that PATH must have."""
    base = tmp_path / "conda"
    bare(base / "prepared")
    (base / "bin").mkdir()
    (base / "bin" / "conda").write_text(CONDA.format(base=base))
    (base / "bin" / "conda").chmod(0o755)
    (base / "bin" / "activate").write_text('export PATH="$1/bin:$PATH"\n')
    return base / "bin"


def test_a_job_finds_the_package_where_neither_python_has_it(
    root, bare, conda, tmp_path
):
    (tmp_path / "run").mkdir()
    command = [bare(tmp_path / "driver"), "-m", "snakemake", "--cores", "1"]
    command += ["results/tiny/config.yaml", "--snakefile", root / "Snakefile"]
    command += ["--configfile", root / "config" / "tiny.yaml"]
    command += ["--software-deployment-method", "conda"]
    variables = {**os.environ, "PATH": f"{conda}:{os.environ['PATH']}"}
    variables.pop("PYTHONPATH", None)
    done = subprocess.run(
        command, cwd=tmp_path / "run", env=variables, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "run" / "results" / "tiny" / "config.yaml").exists()
    calls = (conda.parent / "prepared" / "calls").read_text()
    assert "save_config.py" in calls, "another Python ran the script"
