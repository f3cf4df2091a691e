"""Form, JSON and multipart bodies to parameter trees."""

from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stripe._encode import _api_encode

from localstack_stripe.api.decoding import decode
from localstack_stripe.api.messages import Request
from localstack_stripe.engine.errors import StripeError

NAMES = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=8)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
SCALARS = st.one_of(TEXTS, st.integers())
TREES = st.dictionaries(
    NAMES,
    st.recursive(
        SCALARS,
        lambda inner: st.one_of(
            st.lists(inner, min_size=1, max_size=4),
            st.dictionaries(NAMES, inner, min_size=1, max_size=4),
        ),
        max_leaves=12,
    ),
    max_size=5,
)


def posted(body, content_type="application/x-www-form-urlencoded", path="/v1/customers"):
    """What a body means."""
    return decode(Request("POST", path, "", {"content-type": content_type}, body))


def as_text(value):
    """A value as form encoding can carry it: arrays are objects of their places, and all else is text."""
    if isinstance(value, dict):
        return {key: as_text(item) for key, item in value.items()}
    if isinstance(value, list):
        return {str(place): as_text(item) for place, item in enumerate(value)}
    return str(value)


@settings(deadline=None)
@given(TREES)
def test_decoding_undoes_the_sdks_encoding(tree):
    encoded = urlencode(list(_api_encode(tree)))

    assert posted(encoded.encode()) == as_text(tree)
    assert decode(Request("GET", "/v1/customers", encoded)) == as_text(tree)


@settings(deadline=None)
@given(st.text("ab=&+%4é;", max_size=30))
def test_a_form_is_read_as_the_web_reads_it(text):
    """Python's own reader is the measure; it is much slower."""
    try:
        expected = dict(parse_qsl(text, keep_blank_values=True, errors="strict"))
    except UnicodeDecodeError:
        with pytest.raises(StripeError):
            posted(text.encode())
    else:
        assert posted(text.encode()) == expected


@pytest.mark.parametrize(
    ("form", "tree"),
    [
        ("expand[]=a&expand[]=b", {"expand": ["a", "b"]}),
        ("expand%5B%5D=a", {"expand": ["a"]}),
        (
            "items[0][price]=p&items[1][price]=q",
            {"items": {"0": {"price": "p"}, "1": {"price": "q"}}},
        ),
        (
            "items[][price]=p&items[][quantity]=2&items[][price]=q",
            {"items": [{"price": "p", "quantity": "2"}, {"price": "q"}]},
        ),
        ("name=&email=a%40b.c", {"name": "", "email": "a@b.c"}),
        ("name=first&name=second", {"name": "second"}),
        ("metadata[a]=1&metadata[b]=2", {"metadata": {"a": "1", "b": "2"}}),
        ("metadata=&metadata[b]=2", {"metadata": {"b": "2"}}),
        ("", {}),
    ],
)
def test_what_other_clients_send(form, tree):
    assert posted(form.encode()) == tree


def test_v2_takes_json_as_it_is():
    body = b'{"name": "Jenny", "nested": {"list": [1, true, null]}}'

    assert posted(body, "application/json", "/v2/core/accounts") == {
        "name": "Jenny",
        "nested": {"list": [1, True, None]},
    }


def test_a_file_comes_with_its_name():
    body = (
        b'--x\r\nContent-Disposition: form-data; name="purpose"\r\n\r\ndispute_evidence\r\n'
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n'
        b"Content-Type: text/plain\r\n\r\nhello\r\n--x--\r\n"
    )

    tree = posted(body, "multipart/form-data; boundary=x")

    assert tree["purpose"] == "dispute_evidence"
    assert (tree["file"].filename, tree["file"].content) == ("a.txt", b"hello")


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"\xff\xfe=1", "application/x-www-form-urlencoded"),
        (b"name=%ff", "application/x-www-form-urlencoded"),
        (b"a" + b"[b]" * 40 + b"=1", "application/x-www-form-urlencoded"),
        (
            b"&".join(b"a%d=1" % number for number in range(6000)),
            "application/x-www-form-urlencoded",
        ),
        (b"{}", "application/json"),
        (b"metadata[a]b=1", "application/x-www-form-urlencoded"),
        (b"metadata[[a]]=1", "application/x-www-form-urlencoded"),
        (b"metadata[a=1", "application/x-www-form-urlencoded"),
        (b"metadata[a]]=1", "application/x-www-form-urlencoded"),
        (b"items[]=1&items[b]=2", "application/x-www-form-urlencoded"),
        (b"items[0]=1&items[]=2", "application/x-www-form-urlencoded"),
        (b"items[0][a]=1&items[][a]=2", "application/x-www-form-urlencoded"),
        (b"not multipart", "multipart/form-data; boundary=x"),
        (b"x", "multipart/form-data"),
    ],
)
def test_what_cannot_be_decoded_is_refused(body, content_type):
    with pytest.raises(StripeError) as refused:
        posted(body, content_type)

    assert refused.value.status == 400


@pytest.mark.parametrize("body", [b"{", b"[]", b"display_name=x", b"\xff"])
def test_v2_takes_nothing_but_a_json_object(body):
    with pytest.raises(StripeError) as refused:
        posted(body, "application/x-www-form-urlencoded", "/v2/core/accounts")

    assert refused.value.status == 400


def test_v1_says_which_encoding_it_wants():
    with pytest.raises(StripeError, match="application/x-www-form-urlencoded"):
        posted(b'{"name": "Jenny"}', "application/json")


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_no_body_is_worse_than_refused(emulator, body):
    headers = {"authorization": "Bearer sk_test_1234567890", "content-type": "x/y"}

    response = emulator.handle(Request("POST", "/v1/customers/cus_none", "", headers, body))

    assert 400 <= response.status < 500
