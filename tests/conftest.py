"""Shared by all tests: where real data lies, if it is there; a browser, if there is one."""

import json
import os
import shutil
from pathlib import Path

import pytest

pytest_plugins = (
    "tests.fixtures.networks",
    "tests.fixtures.rankings",
    "tests.fixtures.tidy_rows",
    "tests.fixtures.pictured_tables",
)


#: What makes a test slow: real images, a browser.
SLOW_FIXTURES = {"real_data", "data_dir", "browser"}
#: What makes a test long: the run of the small benchmark.
LONG_FIXTURES = {"finished_run", "own_run"}

#: The files that take longest, longest first: where several processes run the tests, they begin with these, so that
#: none works at the end while the others wait.
LONGEST = tuple(
    f"tests/workflow/test_{name}.py"
    for name in (
        *("run", "real_images", "setting", "outside", "own_data", "progress", "grid", "gpu_locks"),
        *("settings", "reaper", "contrasts", "lint"),
    )
)


def pytest_addoption(parser) -> None:
    parser.addoption(
        "--long", action="store_true", help="also the tests that run the workflow, or train for long"
    )
    parser.addoption("--whole", action="store_true", help="also the tests of faults that take minutes each")


def pytest_collection_modifyitems(config, items) -> None:
    """Mark as slow or long every test that uses one of their fixtures, and skip what its option was not given for.

    Other slow and long tests say it themselves; what is long is slow as well.
    """
    whole, longer = (config.getoption(name) for name in ("--whole", "--long"))
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if LONG_FIXTURES & fixtures:
            item.add_marker(pytest.mark.long)
        if SLOW_FIXTURES & fixtures or item.get_closest_marker("long"):
            item.add_marker(pytest.mark.slow)
        if item.get_closest_marker("whole") and not whole:
            item.add_marker(pytest.mark.skip(reason="takes minutes: pytest -m faults --whole"))
        elif item.get_closest_marker("long") and not (whole or longer):
            item.add_marker(pytest.mark.skip(reason="takes long: pytest -m long --long"))
    if hasattr(config, "workerinput"):
        place = {file: number for number, file in enumerate(LONGEST)}
        items.sort(key=lambda item: place.get(item.nodeid.partition("::")[0], len(LONGEST)))


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder that MGAH_DATA names; the test is skipped where it is not set."""
    folder = os.environ.get("MGAH_DATA")
    if not folder:
        pytest.skip("MGAH_DATA is not set: no real images, vectors or WordNet here")
    return Path(folder).resolve()


@pytest.fixture(scope="session")
def data_dir(real_data) -> Path:
    """`real_data`, called as the sources of semantics call their argument."""
    return real_data


CHROMIUM = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


class Browser:
    """A headless Chromium: ``driver`` is Selenium's, and what the page asked for and complained of."""

    def __init__(self, driver):
        self.driver = driver

    def open(self, page: Path, width: int = 1200, scheme: str = "light") -> None:
        """Open a file from disk, in a window of ``width`` CSS pixels."""
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
        self.complaints(), self.requests()  # those of the page before
        self.driver.get(page.resolve().as_uri())

    def run(self, script: str, *arguments):
        """What a script returns."""
        return self.driver.execute_script(script, *arguments)

    def complaints(self) -> list[str]:
        """Lines of the console since the last call."""
        return [line["message"] for line in self.driver.get_log("browser")]

    def requests(self) -> list[str]:
        """Addresses asked for since the last call, but for data in the page itself."""
        messages = [json.loads(line["message"])["message"] for line in self.driver.get_log("performance")]
        sent = [m["params"] for m in messages if m["method"] == "Network.requestWillBeSent"]
        asked = [parameters["request"]["url"] for parameters in sent]
        return [address for address in asked if not address.startswith(("data:", "blob:"))]


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    """Chromium with a profile of its own; the test is skipped where Chromium or its driver is missing."""
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not chromium or not driver:
        pytest.skip("chromium or chromedriver is missing (Debian packages chromium and chromium-driver)")
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in (*CHROMIUM, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    started = webdriver.Chrome(options=options, service=Service(driver))
    yield Browser(started)
    started.quit()
