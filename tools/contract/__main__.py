"""``python -m tools.contract``: derive the contract and write it, or say what is in it."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from tools.contract.document import derive
from tools.contract.json_values import Document
from tools.contract.sources import Sources, WrongSource, fetch_node_sdk, fetch_python_sdk
from tools.contract.summary import counts, differences
from tools.contract.writing import render

OUTPUT = (
    Path(__file__).parents[2]
    / "localstack-extension-stripe"
    / "localstack_stripe"
    / "contract"
    / "contract.json"
)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.contract", description=__doc__)
    parser.add_argument(
        "--python-sdk", type=Path, help="folder of the Python package `stripe` (default: download)"
    )
    parser.add_argument(
        "--node-sdk", type=Path, help="folder of npm's package `stripe` (default: download)"
    )
    parser.add_argument("--output", type=Path, default=OUTPUT, help="default: %(default)s")
    parser.add_argument(
        "--check", action="store_true", help="write nothing; fail if the file would change"
    )
    parser.add_argument(
        "--summary", action="store_true", help="derive nothing; say what the written contract has"
    )
    parser.add_argument(
        "--against", type=Path, metavar="FILE", help="with --summary: what changed from that one"
    )
    options = parser.parse_args(arguments)
    if options.against and not options.summary:
        parser.error("--against goes with --summary")
    if options.summary:
        return _summarize(options.output, options.against)
    with tempfile.TemporaryDirectory() as folder:
        try:
            sources = Sources(
                python_sdk=options.python_sdk or fetch_python_sdk(Path(folder)),
                node_sdk=options.node_sdk or fetch_node_sdk(Path(folder)),
            )
            contract = render(derive(sources))
        except WrongSource as error:
            print(error, file=sys.stderr)
            return 2
    if options.check:
        unchanged = options.output.is_file() and options.output.read_text("utf-8") == contract
        print("up to date" if unchanged else f"{options.output} is not what the SDKs say")
        return 0 if unchanged else 1
    options.output.write_text(contract, encoding="utf-8")
    print(f"wrote {options.output}: {len(contract.encode()):,} bytes")
    return 0


def _summarize(written: Path, against: Path | None) -> int:
    try:
        contract = _read(written)
        before = _read(against) if against is not None else None
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    print(counts(contract))
    if before is not None:
        print("", *(differences(before, contract) or ["nothing changed"]), sep="\n")
    return 0


def _read(path: Path) -> Document:
    contract: Document = json.loads(path.read_text("utf-8"))
    return contract


if __name__ == "__main__":
    sys.exit(main())
