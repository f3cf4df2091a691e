"""Reading the documentation: what it says is run, or compared with the code."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]


def runnable_block(document: str, name: str) -> str:
    """The fenced block of *document* that stands behind ``<!-- run: name -->``."""
    text = (ROOT / document).read_text()
    found = re.search(
        rf"<!-- run: {re.escape(name)} -->\n```\w*\n(.*?)^```", text, re.DOTALL | re.MULTILINE
    )
    assert found is not None, f"{document} has no runnable block {name!r}"
    return found[1]


def table_rows(document: str, heading: str) -> list[list[str]]:
    """The rows of the first table behind a heading, as cells."""
    section = (ROOT / document).read_text().partition(f"\n{heading}\n")[2]
    rows = []
    for line in section.splitlines():
        if line.startswith("|"):
            rows.append([cell.strip() for cell in line.strip("|").split("|")])
        elif rows:
            break
    return rows[2:]
