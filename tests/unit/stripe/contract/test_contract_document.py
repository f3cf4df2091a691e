"""The generator merges, tidies and writes the contract."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tools.contract.json_values import Document


def document(**sections: Any) -> Document:
    """A contract with these sections, and the others empty."""
    return {"operations": {}, "resources": {}, "structures": {}, "defaults": {}, **sections}


class TestOverrides:
    def test_a_patch_adds_replaces_and_removes(self) -> None:
        from tools.contract.overrides import merge

        target = document(resources={"plan": {"fields": {"a": "string", "b": "string"}}})
        merge(
            target,
            {"resources": {"plan": {"id": "price_24", "fields": {"a": "integer", "b": None}}}},
        )

        assert target["resources"] == {"plan": {"id": "price_24", "fields": {"a": "integer"}}}

    def test_a_field_is_the_same_with_another_mark(self) -> None:
        from tools.contract.overrides import merge

        target: Document = {"quantity": "integer", "name!": "string", "plan?": "string"}
        merge(target, {"quantity?": "integer", "name": "string", "plan?": None})

        assert target == {"quantity?": "integer", "name": "string"}

    def test_a_patch_without_a_source_is_refused(self, tmp_path: Path) -> None:
        from tools.contract.overrides import read_overrides

        path = tmp_path / "overrides.json"
        path.write_text(json.dumps([{"source": "docs", "resources": {}}, {"resources": {}}]))

        with pytest.raises(ValueError, match="override 2"):
            read_overrides(path)

    def test_the_committed_patches_name_their_sources(self) -> None:
        from tools.contract.overrides import read_overrides

        patches = read_overrides()
        assert patches
        assert all(patch.keys() <= {"operations", "resources", "structures"} for patch in patches)


class TestStructures:
    def test_equal_structures_become_one_from_the_inside_out(self) -> None:
        from tools.contract.structures import tidy_structures

        contract = document(
            operations={
                "POST /v1/a": {"parameters": {"x": "CreateX"}, "returns": "null"},
                "POST /v1/b": {"parameters": {"x": "'' | [UpdateX]"}, "returns": "null"},
            },
            structures={
                "CreateX": {"inner": "CreateXInner"},
                "CreateXInner": {"name": "string"},
                "UpdateX": {"inner": "UpdateXInner"},
                "UpdateXInner": {"name": "string"},
            },
        )
        tidy_structures(contract)

        assert contract["structures"] == {
            "CreateX": {"inner": "CreateXInner"},
            "CreateXInner": {"name": "string"},
        }
        assert contract["operations"] == {
            "POST /v1/a": {"parameters": {"x": "CreateX"}, "returns": "null"},
            "POST /v1/b": {"parameters": {"x": "'' | [CreateX]"}, "returns": "null"},
        }

    def test_parameters_and_answers_share_nothing(self) -> None:
        from tools.contract.structures import tidy_structures

        contract = document(
            operations={"POST /v1/a": {"parameters": {"x": "Sent"}, "returns": "Given"}},
            structures={"Sent": {"a": "string"}, "Given": {"a": "string"}},
        )
        tidy_structures(contract)

        assert contract["structures"] == {"Sent": {"a": "string"}, "Given": {"a": "string"}}

    def test_what_nothing_leads_to_is_dropped(self) -> None:
        from tools.contract.structures import tidy_structures

        contract = document(
            resources={"thing": {"fields": {"x": "{Used | null}", "y": "'Unused'"}}},
            structures={"Used": {"self?": "Used"}, "Unused": {"a": "string"}},
        )
        tidy_structures(contract)

        assert contract["structures"] == {"Used": {"self?": "Used"}}

    def test_defaults_go_with_the_structure_that_stays(self) -> None:
        from tools.contract.structures import tidy_structures

        contract = document(
            resources={"thing": {"fields": {"a": "A", "b": "AB", "c": "ABC", "d": "D"}}},
            structures={
                **{name: {"size": "'s' | 'm'", "kind": "'x' | 'y'"} for name in ("A", "AB", "ABC")},
                "D": {"size": "'s' | 'l'"},
            },
            defaults={
                "A": {"size": "s"},
                "AB": {"size": "s", "kind": "x"},
                "ABC": {"kind": "y"},
                "D": {"size": "l"},
            },
        )
        tidy_structures(contract)

        # Two of those that became one had another kind: it has none.
        assert contract["defaults"] == {"A": {"size": "s"}, "D": {"size": "l"}}


class TestEnums:
    LONG = " | ".join(f"'{number:02}'" for number in range(20))

    def test_a_long_enum_is_named_after_its_shortest_owner(self) -> None:
        from tools.contract.enums import name_long_enums

        contract = document(
            operations={
                "POST /v1/payment_links": {
                    "method": "payment_links.create",
                    "parameters": {"countries": f"'' | [{self.LONG}]"},
                }
            },
            resources={"link": {"fields": {"countries?": f"[{self.LONG}] | null"}}},
        )
        name_long_enums(contract)

        assert contract["enums"] == {"LinkCountry": self.LONG}
        assert contract["resources"] == {
            "link": {"fields": {"countries?": "[$LinkCountry] | null"}}
        }
        assert contract["operations"] == {
            "POST /v1/payment_links": {
                "method": "payment_links.create",
                "parameters": {"countries": "'' | [$LinkCountry]"},
            }
        }

    def test_an_enum_that_is_short_or_used_once_stays(self) -> None:
        from tools.contract.enums import name_long_enums

        fields = {"short": "'a' | 'b'", "other": "'a' | 'b'", "once": self.LONG}
        contract = document(resources={"thing": {"fields": dict(fields)}})
        name_long_enums(contract)

        assert contract["enums"] == {}
        assert contract["resources"] == {"thing": {"fields": fields}}


class TestWriting:
    def test_an_entry_is_a_line_and_fields_go_in_stripes_order(self) -> None:
        from tools.contract.writing import render

        text = render(
            {
                "versions": {"api": "1"},
                "operations": {
                    "POST /v1/b": {"returns": "#b"},
                    "POST /v1/a": {"returns": "#a"},
                    "GET /v1/a": {"returns": "list(#a)"},
                },
                "structures": {
                    "A": {"z": "string", "object": "'a'", "b?": "string", "id": "string"}
                },
                "events": ["b", "a"],
            }
        )

        assert text == (
            '{\n"versions": {\n"api": "1"\n},\n'
            '"operations": {\n'
            '"GET /v1/a": {"returns": "list(#a)"},\n'
            '"POST /v1/a": {"returns": "#a"},\n'
            '"POST /v1/b": {"returns": "#b"}\n},\n'
            '"structures": {\n'
            '"A": {"id": "string", "object": "\'a\'", "b?": "string", "z": "string"}\n},\n'
            '"events": [\n"b",\n"a"\n]\n}\n'
        )
        json.loads(text)


class TestGrammar:
    @pytest.mark.parametrize(
        ("alternatives", "written"),
        [
            (["string", "''"], "'' | string"),
            (["null", "integer", "'a'"], "'a' | integer | null"),
            (["string", "string"], "string"),
        ],
    )
    def test_alternatives_have_one_order(self, alternatives: list[str], written: str) -> None:
        from tools.contract.grammar import joined

        assert joined(alternatives) == written

    @pytest.mark.parametrize(
        ("plural", "one"),
        [
            ("customers", "customer"),
            ("balances", "balance"),
            ("capabilities", "capability"),
            ("taxes", "tax"),
            ("addresses", "address"),
            ("purchases", "purchase"),
            ("bank", "bank"),
        ],
    )
    def test_a_segment_has_a_singular(self, plural: str, one: str) -> None:
        from tools.contract.grammar import singular

        assert singular(plural) == one

    def test_structures_are_found_among_values_and_resources(self) -> None:
        from tools.contract.grammar import structures_in

        assert structures_in("'A' | @Bad | #card | {Outer} | [Inner_2] | deleted(card)") == [
            "Outer",
            "Inner_2",
        ]
