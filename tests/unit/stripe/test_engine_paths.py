"""Dotted paths into records."""

from localstack_stripe.engine.paths import at, put


def test_what_is_put_at_a_path_stands_there():
    record = {"identity": None}

    put(record, "identity.individual.surname", "Rosen")

    assert at(record, "identity.individual.surname") == "Rosen"


def test_what_is_on_the_way_is_left_to_the_record_that_has_it_too():
    shared = {"line1": "1 Main St"}
    record = {"address": shared}

    put(record, "address.city", "Berlin")

    assert record == {"address": {"line1": "1 Main St", "city": "Berlin"}}
    assert shared == {"line1": "1 Main St"}
