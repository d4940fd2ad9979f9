"""The report, as a browser shows it."""

import re
import shutil
import time
from contextlib import contextmanager

import pytest

pytestmark = pytest.mark.slow

CATEGORIES = {
    "Interdependence (thesis ch. 5)": 3,
    "Lottery-ticket Transformers (Movva & Zhao 2020)": 23,
    "Predefined sparseness (Demeester et al. 2018)": 4,
    "Scaffolds (thesis ch. 5)": 7,
    "Sparsity (Saphra & Lopez 2019a)": 6,
    "SVCCA (Saphra & Lopez 2019b)": 13,
    "Structured sparsification (Lobacheva et al. 2020)": 8,
    "Tables": 9,
    "Training": 1,
}
# Chromium asks hosts of its own for updates, which a closed network refuses slowly.
QUIET = (
    "headless=new no-sandbox disable-gpu no-first-run disable-background-networking "
    "disable-component-update disable-sync window-size=1600,1000"
)


@pytest.fixture(scope="module")
def report(tiny, tmp_path_factory):
    path = tmp_path_factory.mktemp("report") / "report.html"
    run = tiny.run("--report", path)
    assert run.status == 0, run.text
    return path


@pytest.fixture
def browser(report):
    """The report, opened; `browser.texts(css)` gives what is seen."""
    if not (shutil.which("chromium") and shutil.which("chromedriver")):
        pytest.skip("No browser: Debian's chromium and chromium-driver are missing.")
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    for argument in QUIET.split():
        options.add_argument(f"--{argument}")
    service = webdriver.ChromeService(shutil.which("chromedriver"))
    with opened(webdriver.Chrome(options=options, service=service)) as driver:
        driver.get(report.as_uri())
        yield driver


@contextmanager
def opened(driver):
    try:
        yield driver
    finally:
        driver.quit()


def found(browser, css, text=""):
    """The elements with a text, as soon as there are any."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        each = browser.find_elements("css selector", css)
        if each := [element for element in each if text in element.text]:
            return each
        time.sleep(0.1)
    raise AssertionError(f"{css} {text!r} is not in the report")


def test_it_is_small(report):
    assert 1e6 < report.stat().st_size < 15e6


def test_it_opens_on_how_the_claims_came_out(browser):
    (text,) = (element.text for element in found(browser, "body", "how the papers'"))
    assert "Sparsity Emerges Naturally in Neural Language Models" in text
    assert "LSTMs Compose" in text
    assert "not run" in text


@pytest.mark.parametrize("category", CATEGORIES)
def test_every_category_lists_its_figures_and_shows_one(browser, category):
    found(browser, "a", category)[0].click()
    found(browser, "a[iconname=eye]")
    eyes = found(browser, "a[iconname=eye]")
    assert len(eyes) == CATEGORIES[category]
    if category != "Tables":
        eyes[0].click()
        (figure,) = found(browser, "img[src*='filename=']:not([src*='logo'])")
        assert int(figure.get_property("naturalWidth")) > 100
    found(browser, "a[iconname=information-circle]")[0].click()
    said = found(
        browser, "body", "Made from" if category == "Tables" else "What to look"
    )
    assert "results/tiny/" in said[0].text


@pytest.mark.parametrize("category", ["SVCCA", "Scaffolds"])
def test_figures_are_listed_by_their_numbers(browser, category):
    found(browser, "a", category)[0].click()
    found(browser, "a[iconname=eye]")
    names = [cell.text.strip() for cell in found(browser, "td:first-child")]
    numbers = [int(re.match(r"\d+", name)[0]) for name in names if name[0].isdigit()]
    assert numbers == sorted(numbers)
    assert numbers[-1] >= 11
