"""docs/trigger-dev-integration.md does what it says, block by block."""

from pathlib import Path

import pytest

from tests.docs.blocks import blocks_of
from tests.docs.reader import ROOT, reading
from tests.node_project import install_node_project

PAGE = ROOT / "docs" / "trigger-dev-integration.md"


# It starts some twenty processes, among them a type checker.
@pytest.mark.timeout(300)
async def test_every_block_of_the_page_works(
    tmp_path: Path, shared_folder: Path
) -> None:
    blocks = blocks_of(PAGE)
    node_project = install_node_project(shared_folder)

    async with reading(tmp_path, blocks, node_project) as reader:
        for block in blocks:
            try:
                await reader.do(block)
            except BaseException as error:
                error.add_note(str(block))
                raise
        await reader.check_types()
