"""Event destinations with the SDK: what they need, what they show, and turning them off."""

import pytest
from stripe import InvalidRequestError

SECRETS = ["webhook_endpoint.signing_secret", "webhook_endpoint.url"]


@pytest.fixture
def destinations(client):
    """The service of v2's event destinations."""
    return client.v2.core.event_destinations


@pytest.fixture
def make(destinations):
    """Makes a webhook endpoint for thin events, or something else."""

    def create(**params):
        return destinations.create(
            {
                "name": "Ours",
                "type": "webhook_endpoint",
                "event_payload": "thin",
                "enabled_events": ["v2.core.account.created"],
                "webhook_endpoint": {"url": "https://example.com/hook"},
                **params,
            }
        )

    return create


def test_the_secret_and_the_address_are_shown_to_who_includes_them(destinations, make):
    plain = make()
    told = make(include=SECRETS)
    some = destinations.retrieve(told.id, {"include": ["webhook_endpoint.url"]})

    assert plain.webhook_endpoint.to_dict() == {"signing_secret": None, "url": None}
    assert told.webhook_endpoint.signing_secret.startswith("whsec_")
    assert told.webhook_endpoint.url == "https://example.com/hook"
    assert some.webhook_endpoint.to_dict() == {
        "signing_secret": None,
        "url": "https://example.com/hook",
    }
    assert destinations.list().data[0].webhook_endpoint.url is None


def test_a_new_destination_gets_what_happens_in_its_account(make):
    thin, snapshot = make(), make(event_payload="snapshot", enabled_events=["charge.succeeded"])

    assert (thin.status, thin.status_details, thin.events_from) == ("enabled", None, ["@self"])
    assert (thin.description, thin.snapshot_api_version) == ("", None)
    assert snapshot.snapshot_api_version is not None


def test_a_destination_is_turned_off_and_on_again(destinations, make):
    made = make()

    off = destinations.disable(made.id)
    assert (off.status, off.status_details.disabled.reason) == ("disabled", "user")
    assert destinations.disable(made.id).status == "disabled"

    on = destinations.enable(made.id)
    assert (on.status, on.status_details) == ("enabled", None)


def test_a_destination_is_changed_and_deleted(destinations, make):
    made = make(metadata={"team": "a"})

    changed = destinations.update(
        made.id,
        {
            "name": "Theirs",
            "enabled_events": ["v2.core.account.closed"],
            "webhook_endpoint": {"url": "https://example.com/other"},
            "metadata": {"team": None},
            "include": ["webhook_endpoint.url"],
        },
    )

    assert (changed.name, changed.enabled_events) == ("Theirs", ["v2.core.account.closed"])
    assert changed.webhook_endpoint.url == "https://example.com/other"
    assert changed.metadata.to_dict() == {}
    assert destinations.delete(made.id).id == made.id
    assert destinations.list().data == []


def test_event_sources_of_others_wait_for_their_owners(make):
    bridge = make(
        type="amazon_eventbridge",
        webhook_endpoint=None,
        amazon_eventbridge={"aws_account_id": "000000000000", "aws_region": "us-east-1"},
    )

    assert bridge.webhook_endpoint is None
    assert bridge.amazon_eventbridge.to_dict() == {
        "aws_account_id": "000000000000",
        "aws_event_source_arn": "arn:aws:events:us-east-1::event-source/aws.partner/stripe.com/"
        + bridge.id,
        "aws_event_source_status": "pending",
    }


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"webhook_endpoint": None}, "webhook_endpoint"),
        ({"webhook_endpoint": {"url": "nowhere"}}, "Invalid URL"),
        (
            {"amazon_eventbridge": {"aws_account_id": "1", "aws_region": "us-east-1"}},
            "amazon_eventbridge",
        ),
        ({"enabled_events": []}, "at least one"),
        ({"enabled_events": ["charge.succeeded"]}, "thin"),
        ({"enabled_events": ["v2.core.account.create"]}, "no thin events of type"),
        ({"event_payload": "snapshot"}, "snapshot"),
        ({"snapshot_api_version": "2026-10-28.endive"}, "no API version"),
        ({"events_from": ["mars"]}, "events_from"),
        ({"name": ""}, "name"),
    ],
)
def test_what_cannot_be_sent_to_is_refused(make, wrong, named):
    with pytest.raises(InvalidRequestError, match=named):
        make(**wrong)
