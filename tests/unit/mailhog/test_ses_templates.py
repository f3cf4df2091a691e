"""SES's templates: what its documentation shows, and Handlebars' rules behind it."""

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_mailhog.aws.templates import RenderingError, parse_data, render

DATA = {
    "meta": {"userId": "51806220607"},
    "contact": {"firstName": "Anaya", "city": "Bengaluru"},
    "subscription": [{"interest": "Sports"}, {"interest": "Travel"}],
    "html": "<b>&</b>",
    "empty": [],
    "zero": 0,
    "price": 12.5,
    "whole": 3.0,
    "yes": True,
    "nothing": None,
    "list": ["a", "b"],
}


@pytest.mark.parametrize(
    ("template", "rendered"),
    [
        ("Hello {{contact.firstName}}!", "Hello Anaya!"),
        ("{{ contact.firstName }}{{contact/city}}", "AnayaBengaluru"),
        ("{{html}}{{{html}}}{{&html}}", "<b>&</b>" * 3),
        ("{{#each subscription}}<li>{{interest}}</li>{{/each}}", "<li>Sports</li><li>Travel</li>"),
        ("{{#each list}}{{@index}}{{this}}{{#unless @last}},{{/unless}}{{/each}}", "0a,1b"),
        ("{{#each contact}}{{@key}}={{this}};{{/each}}", "firstName=Anaya;city=Bengaluru;"),
        ("{{#each list}}{{../contact.city}} {{/each}}", "Bengaluru Bengaluru "),
        ("{{#each list}}{{@root.price}}{{/each}}", "12.512.5"),
        ("{{#each empty}}x{{else}}none{{/each}}", "none"),
        ("{{#if subscription}}yes{{else}}no{{/if}}", "yes"),
        ("{{#if zero}}a{{else if missing}}b{{else if yes}}c{{else}}d{{/if}}", "c"),
        ("{{#if missing.deep}}a{{/if}}", ""),
        ("{{#unless missing}}a{{/unless}}", "a"),
        ("{{#with contact}}{{city}}{{/with}}", "Bengaluru"),
        ("{{#contact}}{{city}}{{/contact}}{{^empty}}e{{/empty}}", "Bengalurue"),
        ("{{#list}}[{{this}}]{{/list}}", "[a][b]"),
        ("{{list.[1]}}{{list.0}}{{list.length}}", "ba2"),
        ("{{price}} {{whole}} {{zero}} {{yes}} {{nothing}} {{list}}", "12.5 3 0 true  a,b"),
        ("{{#* inline \"name\"}}{{contact.firstName}}{{/inline}}Hi {{> name}}", "Hi Anaya"),
        ("a{{! comment }}b{{!-- with }} in it --}}c", "abc"),
        ("a {{~ price ~}} b", "a12.5b"),
        ("one\n{{#if yes}}\ntwo\n{{/if}}\nthree", "one\ntwo\nthree"),
        ("no tags { } {a}", "no tags { } {a}"),
        ("", ""),
    ],
)  # fmt: skip
def test_templates(template: str, rendered: str) -> None:
    assert render(template, DATA) == rendered


@pytest.mark.parametrize(
    ("template", "complaint"),
    [
        ("{{missing}}", "'missing' is not present"),
        ("{{contact.missing}}", "'contact.missing' is not present"),
        ("{{#each subscription}}{{price}}{{/each}}", "'price' is not present"),
        ("{{#if yes}}x", "is not closed"),
        ("{{#if yes}}x{{/each}}", "is not closed"),
        ("x{{/if}}", "closes nothing"),
        ("{{else}}", "closes nothing"),
        ("{{#if}}x{{/if}}", "has no argument"),
        ("{{> nobody}}", "no partial"),
        ('{{#* inline "a"}}{{> a}}{{/inline}}{{> a}}', "nested too deep"),
        ("{{uppercase name}}", "helper that is not known"),
    ],
)
def test_what_cannot_be_rendered(template: str, complaint: str) -> None:
    with pytest.raises(RenderingError, match=complaint):
        render(template, DATA)


def test_data_is_not_rendered_again() -> None:
    assert render("{{a}}", {"a": "{{b}}", "b": "x"}) == "{{b}}"


@pytest.mark.parametrize("text", ["{", "[1]", '"x"'])
def test_template_data_is_a_json_object(text: str) -> None:
    with pytest.raises(RenderingError):
        parse_data(text)


@given(st.text(st.characters(exclude_characters="{}")))
def test_text_without_tags_stays(text: str) -> None:
    assert render(text, {}) == text


@given(
    st.lists(
        st.sampled_from(
            ["{{", "}}", "{{{", "#if ", "#each ", "/if", "/each", "else", "x", " ", "~", "!", ">", "^", "\n"]
        )
    ).map("".join)
)  # fmt: skip
def test_no_template_does_worse_than_fail(template: str) -> None:
    data: dict[str, Any] = {"x": [1, {"x": 2}]}

    with contextlib.suppress(RenderingError):
        assert isinstance(render(template, data), str)
