"""The generator says what a contract has, and what changed from another one."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from localstack_stripe.contract import Contract

pytest.importorskip("tree_sitter_typescript", reason="the generator reads TypeScript")


def document(**sections: Any) -> dict[str, Any]:
    """A contract with these sections, and the others empty."""
    empty: dict[str, Any] = {
        "versions": {"api": "1"},
        "operations": {},
        "resources": {},
        "structures": {},
        "enums": {},
        "events": {},
        "thin_events": {},
        "api_versions": [],
    }
    return {**empty, **sections}


def operation(**parameters: str) -> dict[str, Any]:
    return {"method": "things.create", "returns": "#thing", "parameters": parameters}


BEFORE = document(
    operations={"POST /v1/a": operation(gone="string", kind="'x' | 'y'"), "GET /v1/b": operation()},
    resources={"thing": {"fields": {"id": "string", "size?": "integer"}}},
    events={"thing.created": "#thing"},
    api_versions=["1"],
)


class TestDifferences:
    def test_the_same_contract_has_none(self) -> None:
        from tools.contract.summary import differences

        assert differences(BEFORE, json.loads(json.dumps(BEFORE))) == []

    def test_what_came_went_and_changed_is_a_line_each(self) -> None:
        from tools.contract.summary import differences

        after = document(
            versions={"api": "2"},
            operations={
                "POST /v1/a": operation(**{"kind": "'x' | 'z'", "name!": "string"}),
                "POST /v1/c": operation(),
            },
            resources={"thing": {"fields": {"id": "string", "size": "integer | null"}}},
            events={"thing.created": "#other"},
            api_versions=["1", "2"],
        )
        assert differences(BEFORE, after) == [
            "~ version api: 1 → 2",
            "+ operation POST /v1/c",
            "- operation GET /v1/b",
            "- operation POST /v1/a parameters.gone: string",
            "~ operation POST /v1/a parameters.kind: +'z' -'y'",
            "+ operation POST /v1/a parameters.name: string (required)",
            "~ resource thing fields.size: integer (may be absent) → integer | null",
            "~ event thing.created: #thing → #other",
            "+ API version 2",
        ]

    def test_a_type_that_stops_being_an_enum_is_shown_whole(self) -> None:
        from tools.contract.summary import differences

        before = document(structures={"A": {"x": "'a' | 'b'", "y": "'a' | string"}})
        after = document(structures={"A": {"x": "string", "y": "'b' | integer"}})
        assert differences(before, after) == [
            "~ structure A x: 'a' | 'b' → string",
            "~ structure A y: 'a' | string → 'b' | integer",
        ]


class TestCommand:
    @pytest.fixture
    def committed(self) -> Path:
        from tools.contract.__main__ import OUTPUT

        return OUTPUT

    def test_it_counts_what_the_loader_finds(
        self, contract: Contract, committed: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        from tools.contract.__main__ import main

        assert main(["--summary", "--output", str(committed)]) == 0
        rows = re.findall(r"^ *(\S.*?) +([\d,]+)$", capsys.readouterr().out, re.MULTILINE)
        told = {name: int(number.replace(",", "")) for name, number in rows}
        own = [o for o in contract.operations.values() if o.alias_of is None]
        assert told["operations"] == len(own)
        assert told["of v2"] == sum(o.path.startswith("/v2/") for o in own)
        assert told["parameters"] == sum(len(o.parameters) for o in own)
        assert told["fields"] == sum(len(r.fields) for r in contract.resources.values())
        assert told["thin events"] == len(contract.thin_events)

    def test_it_tells_what_changed_from_an_older_file(
        self, tmp_path: Path, committed: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        from tools.contract.__main__ import main

        older = json.loads(committed.read_text("utf-8"))
        del older["events"]["customer.created"]
        file = tmp_path / "older.json"
        file.write_text(json.dumps(older), encoding="utf-8")

        assert main(["--summary", "--output", str(committed), "--against", str(file)]) == 0
        assert capsys.readouterr().out.endswith("\n\n+ event customer.created\n")

    def test_a_file_that_cannot_be_read_is_said(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        from tools.contract.__main__ import main

        assert main(["--summary", "--output", str(tmp_path / "none.json")]) == 2
        assert "none.json" in capsys.readouterr().err
