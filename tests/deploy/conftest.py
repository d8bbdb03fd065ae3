"""The packages, built once."""

from pathlib import Path

import pytest

from tests.deploy.installed import Packages, build
from tests.servers import ROOT


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Packages:
    if not Path(ROOT, "web", "dist", "index.html").exists():
        pytest.skip("the interface is not built: make web/dist/.built")
    return build(ROOT, tmp_path_factory.mktemp("packages"))
