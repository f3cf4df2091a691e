"""Tax codes: there are many from the start, which cost nothing until somebody asks for them."""

import subprocess
import sys


def all_of(api):
    """Every code, page by page."""
    found, after = [], {}
    while True:
        page = api.get("/v1/tax_codes", limit=100, **after)
        found += page["data"]
        if not page["has_more"]:
            return found
        after = {"starting_after": found[-1]["id"]}


def test_there_are_some_hundred_and_each_is_there_once(api):
    codes = all_of(api)

    ids = [each["id"] for each in codes]
    assert len(ids) == len(set(ids)) > 250
    assert all(each["name"] and each["description"] for each in codes)
    assert all(len(id) == 13 and id.startswith("txcd_") and id[5:].isdigit() for id in ids)


def test_one_is_found_by_its_id(api):
    assert api.get("/v1/tax_codes/txcd_10103001")["name"] == (
        "Software as a service (SaaS) - business use"
    )


def test_tickets_need_the_place_of_the_performance(api):
    code = api.get("/v1/tax_codes/txcd_50010001")

    assert code["requirements"] == {"performance_location": "required"}
    assert api.get("/v1/tax_codes/txcd_99999999").get("requirements") is None


def test_nothing_is_read_before_somebody_asks():
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; sys.addaudithook(lambda name, args: name == 'open' and 'tax_codes.csv' in str(args[0])"
            " and print('read'))\n"
            "import localstack_stripe.resources",
        ],
        capture_output=True,
        text=True,
        check=True,
    )

    assert told.stdout == ""
