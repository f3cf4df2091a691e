"""Lists of v2 through the SDK, which follows the addresses that an answer names."""


def test_auto_pagination_visits_each_object_once(client):
    made = [
        client.v2.core.event_destinations.create(
            {
                "name": f"Number {number}",
                "type": "webhook_endpoint",
                "event_payload": "thin",
                "enabled_events": ["v2.core.account.created"],
                "webhook_endpoint": {"url": "https://example.com/hook"},
            }
        ).id
        for number in range(7)
    ]

    page = client.v2.core.event_destinations.list({"limit": 3})

    assert [each.id for each in page.auto_paging_iter()] == made[::-1]


def test_what_was_made_in_a_time_is_found_on_all_pages(client):
    made = [
        client.v2.core.accounts.create({"contact_email": f"{name}@example.com"}).id
        for name in ("one", "two", "three")
    ]
    since = client.v2.core.events.list({"limit": 100}).data[-1].created

    page = client.v2.core.events.list({"limit": 2, "created": {"gte": since}})

    assert [each.related_object.id for each in page.auto_paging_iter()] == made[::-1]
    assert client.v2.core.events.list({"created": {"lt": since}}).data == []
