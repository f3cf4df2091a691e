"""What a customer does in the portal (https://docs.stripe.com/customer-management), as far as the configuration of their
session lets them. Each is done by the operation that an application would call for it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, cast

from localstack_stripe.billing.amounts import price_amount
from localstack_stripe.engine.behaviours import Call, Result
from localstack_stripe.engine.errors import invalid
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.billing_portal import CONFIGURATION
from localstack_stripe.resources.billing.subscription_stages import ENDED
from localstack_stripe.resources.billing.subscription_terms import interval_of, items_of
from localstack_stripe.resources.products.discounts import as_parameters
from localstack_stripe.resources.products.promotion_codes import promotion_of_code

COMPLETED = "completed"
"""Noted of a session: that what it leads to was done, so that it shows the whole portal."""

CUSTOMER_FIELDS = ("email", "name", "phone")
"""What a customer may say of themselves, in one field each."""

SUBSCRIPTION = "/v1/subscriptions/{subscription}"
CUSTOMER = "/v1/customers/{customer}"
METHOD = "/v1/payment_methods/{payment_method}"


class Visit(NamedTuple):
    """A customer in the portal.

    :param perform: does what a call asks for
    """

    work: UnitOfWork
    session: Record
    perform: Callable[[Call], Result]

    @property
    def customer(self) -> Record:
        """Who it is."""
        return self.work.require("customer", self.session["customer"], "customer")

    @property
    def features(self) -> Mapping[str, Any]:
        """What they may do."""
        named = self.session["configuration"]
        found: Record = self.work.require(CONFIGURATION, named, "configuration")["features"]
        return found

    @property
    def flow(self) -> Record | None:
        """The one thing that the session leads to, until it is done."""
        is_done = self.work.noted(self.session, COMPLETED)
        return None if is_done else self.session["flow"]

    def subscriptions(self) -> list[Record]:
        """Those of the customer that go on, of which a flow shows its own."""
        flow = self.flow
        only = (flow.get(flow["type"]) or {}).get("subscription") if flow is not None else None
        return [
            each
            for each in self.work.where("subscription", "customer", self.session["customer"])
            if each["status"] not in ENDED and only in (None, each["id"])
        ]

    def prices(self, subscription: Record) -> list[Record]:
        """What a subscription can be changed to: the configuration's prices in its currency, if it has one item only
        (https://docs.stripe.com/customer-management/configure-portal).
        """
        if len(items_of(self.work, subscription)) != 1:
            return []
        named = [
            id
            for each in self.features["subscription_update"]["products"] or ()
            for id in each["prices"]
        ]
        prices = [self.work.require("price", id, "price") for id in named]
        currency = subscription["currency"]
        return [each for each in prices if each["active"] and each["currency"] == currency]

    def _feature(self, name: str) -> Mapping[str, Any]:
        feature: Mapping[str, Any] = self.features[name]
        if not feature["enabled"]:
            raise invalid(f"The portal's configuration does not have `{name}`.")
        return feature

    def _call(self, key: str, path: Mapping[str, str], **params: Any) -> Record:
        operation = self.work.contract.operations[key]
        call = Call(operation, path, params, self.work)
        return cast(Record, self.perform(call))

    def _of(self, subscription: str) -> Record:
        found = self.work.require("subscription", subscription, "subscription")
        if found["customer"] != self.session["customer"]:
            raise invalid("This subscription does not belong to the customer.", "subscription")
        return found

    def _change(self, subscription: str, **params: Any) -> Record:
        return self._call(f"POST {SUBSCRIPTION}", {"subscription": subscription}, **params)

    # Subscriptions

    def cancel(self, subscription: str, details: Mapping[str, str]) -> Record:
        """Cancel, now or when the period ends, as is configured.

        :param details: the ``feedback``, the ``feedback_option`` and the ``comment`` of the customer
        """
        feature = self._feature("subscription_cancel")
        path = {"subscription": self._of(subscription)["id"]}
        told: dict[str, Any] = {"cancellation_details": dict(details)} if details else {}
        if feature["mode"] == "at_period_end":
            return self._call(f"POST {SUBSCRIPTION}", path, cancel_at_period_end=True, **told)
        proration = feature["proration_behavior"]
        told |= {"prorate": proration != "none", "invoice_now": proration == "always_invoice"}
        return self._call(f"DELETE {SUBSCRIPTION}", path, **told)

    def renew(self, subscription: str) -> Record:
        """Go on with a subscription that was going to end with its period."""
        self._feature("subscription_cancel")
        return self._change(self._of(subscription)["id"], cancel_at_period_end=False)

    def update(
        self, subscription: str, price: str | None, quantity: int | None, code: str | None
    ) -> Record:
        """Change the plan, how many there are of it, or take a promotion code.

        :raises StripeError: 400 where the configuration does not allow it; 402 where it has to be paid, and is not
        """
        allowed = self._feature("subscription_update")["default_allowed_updates"]
        found = self._of(subscription)
        [item] = items_of(self.work, found)
        price = price or item["price"]
        if price != item["price"]:
            _require(allowed, "price")
            if not any(each["id"] == price for each in self.prices(found)):
                raise invalid("The portal's configuration does not offer this price.", "price")
        if quantity is not None and quantity != item["quantity"]:
            _require(allowed, "quantity")
        discounts = []
        if code:
            _require(allowed, "promotion_code")
            promotion = promotion_of_code(self.work, code, self.session["customer"])
            discounts = [{"promotion_code": promotion["id"]}]
        wanted = {"price": price, "quantity": quantity or item["quantity"]}
        return self._to(found, {"id": item["id"], **wanted}, discounts)

    def confirm(self) -> Record:
        """Change a subscription as the session says."""
        flow = self.flow or {}
        asked = flow.get("subscription_update_confirm")
        if asked is None:
            raise invalid("This session has nothing to confirm.")
        self._feature("subscription_update")
        [given] = asked["items"]
        found = self._of(asked["subscription"])
        wanted = {name: value for name, value in given.items() if value is not None}
        return self._to(found, wanted, as_parameters(asked["discounts"] or ()))

    def _to(
        self, subscription: Record, wanted: Record, discounts: Sequence[Mapping[str, str]]
    ) -> Record:
        feature = self.features["subscription_update"]
        [item] = items_of(self.work, subscription)
        after = {**item, **wanted}
        if self._waits(item, after):
            return self._schedule(subscription, item, after)
        params: dict[str, Any] = {
            "items": [wanted],
            "proration_behavior": feature["proration_behavior"],
        }
        if discounts:
            params["discounts"] = discounts
        if feature["proration_behavior"] == "always_invoice":
            params["payment_behavior"] = "error_if_incomplete"
        if feature.get("billing_cycle_anchor") == "now":
            params["billing_cycle_anchor"] = {"type": "now"}
        ends_trial = feature["trial_update_behavior"] == "end_trial"
        if subscription["status"] == "trialing" and ends_trial:
            params["trial_end"] = "now"
        return self._change(subscription["id"], **params)

    def _waits(self, before: Record, after: Record) -> bool:
        """Whether a change is made when the period ends
        (https://docs.stripe.com/api/customer_portal/configurations/object, ``schedule_at_period_end``).
        """
        priced = [
            (self.work.require("price", each["price"], "price"), each["quantity"] or 0)
            for each in (before, after)
        ]
        amounts = [price_amount(price, quantity) for price, quantity in priced]
        lengths = [interval_of([price]).shortest for price, _ in priced]
        met = {
            "decreasing_item_amount": amounts[1] < amounts[0],
            "shortening_interval": lengths[1] < lengths[0],
        }
        conditions = self.features["subscription_update"]["schedule_at_period_end"]["conditions"]
        return any(met[each["type"]] for each in conditions)

    def _schedule(self, subscription: Record, before: Record, after: Record) -> Record:
        """Have a schedule change it when the period ends, and let go of it then."""
        key = "POST /v1/subscription_schedules"
        made = self._call(key, {}, from_subscription=subscription["id"])
        [phase] = made["phases"]
        now, later = (
            {name: each[name] for name in ("price", "quantity")} for each in (before, after)
        )
        times = {name: phase[name] for name in ("start_date", "end_date")}
        phases = [
            {"items": [now], "proration_behavior": "none", **times},
            {"items": [later], "proration_behavior": "none"},
        ]
        self._call(f"{key}/{{schedule}}", {"schedule": made["id"]}, phases=phases)
        return self._of(subscription["id"])

    # Payment methods, and who the customer is

    def pay_with(self, method: Record) -> Record:
        """Save a payment method, and use it for what is charged from now on
        (https://docs.stripe.com/customer-management/portal-deep-links).
        """
        self._feature("payment_method_update")
        owner = self.session["customer"]
        self._call(f"POST {METHOD}/attach", {"payment_method": method["id"]}, customer=owner)
        return self.make_default(method["id"])

    def make_default(self, method: str) -> Record:
        """Use a payment method that the customer has for what is charged from now on."""
        self._feature("payment_method_update")
        settings = {"default_payment_method": method}
        return self._tell(invoice_settings=settings)

    def remove(self, method: str) -> Record:
        """Forget a payment method of the customer's."""
        self._feature("payment_method_update")
        found = self.work.require("payment_method", method, "payment_method")
        if found["customer"] != self.session["customer"]:
            raise invalid("This payment method does not belong to the customer.", "payment_method")
        self._call(f"POST {METHOD}/detach", {"payment_method": method})
        return self.customer

    def tell(self, told: Mapping[str, Any]) -> Record:
        """Say who the customer is: what of it the configuration lets them."""
        allowed = self._feature("customer_update")["allowed_updates"]
        for name in told:
            _require(allowed, name)
        tax_id = told.get("tax_id")
        if tax_id:
            self._call(f"POST {CUSTOMER}/tax_ids", {"customer": self.session["customer"]}, **tax_id)
        return self._tell(**{name: value for name, value in told.items() if name != "tax_id"})

    def _tell(self, **params: Any) -> Record:
        return self._call(f"POST {CUSTOMER}", {"customer": self.session["customer"]}, **params)


def _require(allowed: list[str], name: str) -> None:
    if name not in allowed:
        raise invalid(f"The portal's configuration does not allow the update of `{name}`.", name)
