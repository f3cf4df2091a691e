"""Money between accounts adds up, whatever is done with it: properties over random lives of a platform."""

from __future__ import annotations

import random

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from localstack_stripe.emulator import StripeEmulator
from localstack_stripe.settings import StripeSettings
from tests.onboarded import NOT_PAID_OUT
from tests.unit.stripe.conftest import Api, Refused, WatchfulEmulator

DAY = 86_400
LIVES = settings(max_examples=10, deadline=None)
CARDS = (
    "tok_visa",
    "tok_bypassPending",
    "tok_bypassPending",
    "tok_createDispute",
    "tok_createDisputeInquiry",
    "tok_pendingRefund",
    "tok_refundFail",
)


class Platform:
    """A platform with two connected accounts, to which chance does what businesses do."""

    def __init__(self, seed: int) -> None:
        self.api = Api(WatchfulEmulator(StripeSettings(seed=str(seed))))
        self._chance = random.Random(seed)
        self.sellers = [self.api.post("/v1/accounts", **NOT_PAID_OUT)["id"] for _ in range(2)]
        for seller in self.sellers:
            bank = self._chance.choice(["btok_us_verified", "btok_us_verified_noAccount"])
            self.api.post(f"/v1/accounts/{seller}/external_accounts", external_account=bank)

    def live(self, steps: int) -> None:
        """Do so many things, some of which are refused."""
        things = [
            self._charge,
            self._charge,
            self._charge_directly,
            self._charge_for_seller,
            self._charge_for_seller,
            self._hold,
            self._capture,
            self._capture,
            self._increment,
            self._transfer,
            self._reverse,
            self._refund,
            self._refund,
            self._refund_fee,
            self._pay_out,
            self._cancel_payout,
            self._top_up,
            self._answer_dispute,
            self._wait,
        ]
        for _ in range(steps):
            try:
                self._chance.choice(things)()
            except Refused as refused:
                if refused.status >= 500:
                    raise

    def accounts(self) -> list[dict[str, str]]:
        """The headers with which each account is asked."""
        return [{}, *({"stripe-account": seller} for seller in self.sellers)]

    def everything(self, path: str, account: dict[str, str]) -> list[dict]:
        """All of a list."""
        page = self.api.call("GET", path, {"limit": 100}, account)
        assert not page["has_more"]
        return page["data"]

    def balance(self, account: dict[str, str]) -> dict[str, int]:
        """What an account has in dollars."""
        balance = self.api.call("GET", "/v1/balance", {}, account)
        return {part: balance[part][0]["amount"] for part in ("available", "pending")}

    def _amount(self) -> int:
        return self._chance.choice([50, 333, 1000, 4999])

    def _seller(self) -> str:
        return self._chance.choice(self.sellers)

    def _charge(self, headers: dict[str, str] | None = None, **terms) -> None:
        source = self._chance.choice(CARDS)
        self.api.post(
            "/v1/charges",
            headers,
            **{"amount": self._amount(), "currency": "usd", "source": source, **terms},
        )

    def _charge_directly(self) -> None:
        self._charge({"stripe-account": self._seller()}, application_fee_amount=33)

    def _charge_for_seller(self) -> None:
        share = self._chance.choice([{}, {"amount": 40}])
        fee = {} if share else {"application_fee_amount": 21}
        self._charge(transfer_data={"destination": self._seller(), **share}, **fee)

    def _hold(self) -> None:
        asked = ("incremental_authorization", "multicapture", "overcapture")
        options = {
            f"request_{each}": "if_available" for each in asked if self._chance.random() < 0.8
        }
        shares = [{}, {"transfer_data": {"destination": self._seller()}}]
        self.api.post(
            "/v1/payment_intents",
            amount=self._amount(),
            currency="usd",
            capture_method="manual",
            payment_method=self._chance.choice(["pm_card_visa", "pm_card_createDispute"]),
            payment_method_options={"card": options},
            automatic_payment_methods={"enabled": True, "allow_redirects": "never"},
            confirm=True,
            **self._chance.choice(shares),
        )

    def _held(self) -> dict:
        intents = self.everything("/v1/payment_intents", {})
        return self._chance.choice([each for each in intents if each["amount_capturable"]] or [{}])

    def _capture(self) -> None:
        if held := self._held():
            capturable = held["amount_capturable"]
            part = self._chance.choice([capturable // 3, capturable, capturable * 11 // 10])
            last = self._chance.choice([{}, {"final_capture": False}])
            path = f"/v1/payment_intents/{held['id']}/capture"
            self.api.post(path, amount_to_capture=part, **last)

    def _increment(self) -> None:
        if held := self._held():
            path = f"/v1/payment_intents/{held['id']}/increment_authorization"
            self.api.post(path, amount=held["amount"] + 120)

    def _transfer(self) -> None:
        charges = self.everything("/v1/charges", {})
        source = self._chance.choice([None, *charges])
        terms = {"source_transaction": source["id"]} if source else {}
        self.api.post(
            "/v1/transfers",
            amount=self._amount() // 2,
            currency="usd",
            destination=self._seller(),
            **terms,
        )

    def _reverse(self) -> None:
        transfer = self._chance.choice(self.everything("/v1/transfers", {}) or [None])
        if transfer:
            part = self._chance.choice([{}, {"amount": 17}])
            also = self._chance.choice([{}, {"refund_application_fee": True}])
            self.api.post(f"/v1/transfers/{transfer['id']}/reversals", **part, **also)

    def _refund(self) -> None:
        account = self._chance.choice(self.accounts())
        charges = [each for each in self.everything("/v1/charges", account) if each["source"]]
        if charges:
            part = self._chance.choice([{}, {"amount": 25}])
            names = ("reverse_transfer", "refund_application_fee")
            also = {name: True for name in names if self._chance.random() < 0.6}
            charge = self._chance.choice(charges)["id"]
            self.api.post("/v1/refunds", account, charge=charge, **part, **also)

    def _refund_fee(self) -> None:
        fee = self._chance.choice(self.everything("/v1/application_fees", {}) or [None])
        if fee:
            part = self._chance.choice([{}, {"amount": 8}])
            self.api.post(f"/v1/application_fees/{fee['id']}/refunds", **part)

    def _pay_out(self) -> None:
        account = self._chance.choice(self.accounts())
        method = self._chance.choice(["standard", "instant"])
        self.api.post("/v1/payouts", account, amount=70, currency="usd", method=method)

    def _cancel_payout(self) -> None:
        account = self._chance.choice(self.accounts())
        payout = self._chance.choice(self.everything("/v1/payouts", account) or [None])
        if payout:
            what = self._chance.choice(["cancel", "reverse"])
            self.api.post(f"/v1/payouts/{payout['id']}/{what}", account)

    def _top_up(self) -> None:
        source = self._chance.choice(["btok_us_verified", "btok_us_verified_accountClosed"])
        self.api.post("/v1/topups", amount=self._amount(), currency="usd", source=source)

    def _answer_dispute(self) -> None:
        account = self._chance.choice(self.accounts())
        dispute = self._chance.choice(self.everything("/v1/disputes", account) or [None])
        if dispute:
            text = self._chance.choice(
                ["winning_evidence", "losing_evidence", "escalate_inquiry_evidence"]
            )
            evidence = {"uncategorized_text": text}
            self.api.post(f"/v1/disputes/{dispute['id']}", account, evidence=evidence)

    def _wait(self) -> None:
        self.api.emulator.clock.advance(self._chance.randrange(1, 4) * DAY)
        while self.api.emulator.settle():
            pass


@pytest.fixture(scope="session")
def lived():
    """A platform after many things, by the seed of its chances."""
    lives: dict[int, Platform] = {}

    def lived(seed: int) -> Platform:
        if seed not in lives:
            lives[seed] = Platform(seed)
            lives[seed].live(60)
        return lives[seed]

    return lived


SEEDS = st.integers(0, 9)


@LIVES
@given(SEEDS)
def test_a_balance_is_the_sum_of_its_transactions(lived, seed):
    platform = lived(seed)

    for account in platform.accounts():
        sums = {"available": 0, "pending": 0}
        for transaction in platform.everything("/v1/balance_transactions", account):
            fees = sum(each["amount"] for each in transaction["fee_details"])
            assert transaction["fee"] == fees
            assert transaction["net"] == transaction["amount"] - transaction["fee"]
            sums[transaction["status"]] += transaction["net"]
        assert platform.balance(account) == sums


@LIVES
@given(SEEDS)
def test_what_has_settled_is_available_and_nothing_else(lived, seed):
    platform = lived(seed)
    now = platform.api.emulator.clock.now()

    for account in platform.accounts():
        for transaction in platform.everything("/v1/balance_transactions", account):
            settled = transaction["available_on"] <= now
            assert settled == (transaction["status"] == "available")


@LIVES
@given(SEEDS)
def test_an_intent_and_its_charge_agree_on_what_was_taken_and_what_still_can_be(lived, seed):
    platform = lived(seed)
    charges = {each["id"]: each for each in platform.everything("/v1/charges", {})}

    for intent in platform.everything("/v1/payment_intents", {}):
        charge = charges[intent["latest_charge"]]
        held = charge["amount"] - charge["amount_captured"]
        assert intent["amount"] == charge["amount"]
        assert intent["amount_received"] == charge["amount_captured"]
        is_held = intent["status"] == "requires_capture"
        assert intent["amount_capturable"] == (held if is_held else 0) >= 0


@LIVES
@given(SEEDS)
def test_a_state_that_is_put_elsewhere_answers_the_same(lived, seed):
    api = lived(seed).api
    state = orjson.loads(api.send("GET", "/_emulator/state").body)
    elsewhere = Api(StripeEmulator(StripeSettings()), api.key)
    elsewhere.emulator.clock.advance(api.emulator.clock.now() - elsewhere.emulator.clock.now())

    for account, records in state["accounts"].items():
        elsewhere.emulator.load(account, records)
    elsewhere.emulator.settle()

    paths = ("balance", "balance_transactions", "charges", "disputes", "events", "refunds")
    for account in lived(seed).accounts():
        for path in paths:
            here, there = (
                each.call("GET", f"/v1/{path}", {}, account) for each in (api, elsewhere)
            )
            assert here == there


@LIVES
@given(SEEDS)
def test_nothing_is_given_back_twice(lived, seed):
    platform = lived(seed)

    for account in platform.accounts():
        refunds = platform.everything("/v1/refunds", account)
        for charge in platform.everything("/v1/charges", account):
            back = sum(
                each["amount"]
                for each in refunds
                if each["charge"] == charge["id"] and each["status"] != "failed"
            )
            assert charge["amount_refunded"] == back <= charge["amount"]
    for transfer in platform.everything("/v1/transfers", {}):
        back = sum(each["amount"] for each in transfer["reversals"]["data"])
        assert transfer["amount_reversed"] == back <= transfer["amount"]
        assert transfer["reversed"] == (back == transfer["amount"])
    for fee in platform.everything("/v1/application_fees", {}):
        back = sum(each["amount"] for each in fee["refunds"]["data"])
        assert fee["amount_refunded"] == back <= fee["amount"]
        assert fee["refunded"] == (back == fee["amount"])


@LIVES
@given(SEEDS)
def test_what_one_account_sends_another_gets(lived, seed):
    """Between the accounts nothing is made or lost: only cards, banks and Stripe bring and take."""
    platform = lived(seed)
    between = {
        "application_fee",
        "application_fee_refund",
        "payment",
        "payment_refund",
        "transfer",
        "transfer_refund",
    }
    moved = fees_taken = 0
    for account in platform.accounts():
        for transaction in platform.everything("/v1/balance_transactions", account):
            is_fee_back = transaction["reporting_category"] == "fee"
            if transaction["type"] in between or is_fee_back:
                moved += transaction["amount"]
            fees_taken += sum(
                each["amount"]
                for each in transaction["fee_details"]
                if each["type"] == "application_fee"
            )

    assert moved == fees_taken


@LIVES
@given(SEEDS)
def test_no_more_of_a_charge_is_transferred_than_it_brought(lived, seed):
    platform = lived(seed)
    transfers = platform.everything("/v1/transfers", {})

    for charge in platform.everything("/v1/charges", {}):
        sent = sum(
            each["amount"] for each in transfers if each["source_transaction"] == charge["id"]
        )
        assert sent <= charge["amount_captured"]
