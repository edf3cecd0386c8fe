"""The blocks that pages may have, by name; the docstrings of their classes are the reference for authors."""

from __future__ import annotations

from recetario.site.blocks.block import PageBlock
from recetario.site.blocks.differences import Differences
from recetario.site.blocks.drawings import Drawing
from recetario.site.blocks.environments import EnvironmentDetails, Environments
from recetario.site.blocks.files import FileLink
from recetario.site.blocks.fixes import Fix, Where, Worked
from recetario.site.blocks.messages import Errors
from recetario.site.blocks.steps import Downloads, Needs, Picture, StepBlock, Transcripts
from recetario.site.blocks.verdicts import ClaimVerdict, Filter, Matrix, Verdicts

__all__ = ["BLOCKS"]

BLOCKS: dict[str, type[PageBlock]] = {
    block.NAME: block
    for block in (
        *(Fix, Worked, Where),
        *(StepBlock, Verdicts, ClaimVerdict, Matrix, Filter, Transcripts, Environments, EnvironmentDetails),
        *(Downloads, Needs, Picture, Differences, Drawing, Errors, FileLink),
    )
}
