"""Accounts that are customers, too (https://docs.stripe.com/connect/use-accounts-as-customers).

An account of v2 with the configuration ``customer`` can be named by ``customer_account`` wherever a customer can be
named by ``customer``. There is a customer behind each such account, which is made when it is first needed.
"""

from dataclasses import replace

from localstack_stripe.engine.behaviours import Call, checks, find, understands
from localstack_stripe.engine.errors import invalid, no_such
from localstack_stripe.engine.initial import start
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.connect.accounts import connect_configured

ACCOUNT = "v2.core.account"
PARAM = "customer_account"


@checks(ACCOUNT)
def apply_configurations(call: Call, account: Record) -> None:
    """A configuration that is sent is applied, unless it says otherwise
    (https://docs.stripe.com/api/v2/core/accounts/object).
    """
    sent = call.params.get("configuration") or {}
    configurations = account.get("configuration") or {}
    for name in sent.keys() & configurations.keys():
        if sent[name] is not None:
            configurations[name]["applied"] = sent[name].get("applied", True)
    account["applied_configurations"] = [
        name for name in sorted(configurations) if (configurations[name] or {}).get("applied")
    ]
    connect_configured(call.work, account)


@understands(PARAM)
def by_its_customer(call: Call) -> Call:
    """What is done for an account is done for the customer that it is; lists select by the account itself.

    :raises StripeError: 400 where there is no such account, it is no customer, or another customer is named besides
    """
    if call.operation.verb == "GET":
        return call
    customer = customer_of(call.work, call.params[PARAM], call.base)
    named = call.params.get("customer")
    if named not in (None, customer["id"]):
        raise invalid(
            f"The customer {named} is not that of the account {call.params[PARAM]}.", PARAM
        )
    return replace(call, params={**call.params, "customer": customer["id"]})


def customer_of(work: UnitOfWork, id: str, base: str) -> Record:
    """The customer that an account is.

    :param id: the account's
    :param base: the address under which the client knows the emulator
    :raises StripeError: 400 where there is no such account, or it is no customer
    """
    account = work.get(ACCOUNT, id)
    if account is None and find(work, "account", id) is None:
        raise no_such("account", id, PARAM)
    configuration = ((account or {}).get("configuration") or {}).get("customer") or {}
    if account is None or not configuration.get("applied"):
        raise invalid(
            f"The account {id} does not have the `customer` configuration, and cannot be used as a customer.",
            PARAM,
        )
    known = work.where("customer", PARAM, id)
    if known:
        return known[0]
    values = {
        "email": account.get("contact_email"),
        "name": account.get("display_name"),
        "test_clock": configuration.get("test_clock"),
        PARAM: id,
    }
    return start(work, "customer", base, values)
