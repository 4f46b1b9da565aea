from pathlib import Path

import pytest

from tests.node_project import install_node_project


@pytest.fixture(scope="session")
def node_project(shared_folder: Path) -> Path:
    """The folder trigger/ with its packages."""
    return install_node_project(shared_folder)
