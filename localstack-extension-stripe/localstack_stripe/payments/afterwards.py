"""What happens after a test card was charged: to the money, by a dispute, to a refund
(https://docs.stripe.com/testing#disputes, https://docs.stripe.com/testing#refunds).
"""

from typing import NamedTuple

from localstack_stripe.payments.test_cards import TestCard


class Complaint(NamedTuple):
    """What the cardholder tells the bank of a payment.

    :param reason: Stripe's word for it, the dispute's ``reason``
    :param network_code: the network's
    :param case: ``chargeback``, ``compliance``, or an ``inquiry``, which takes no money yet
    :param eligible: which enhanced evidence the dispute is open to
    :param final: whether nothing can be said against it
    :param parts: of how many parts of the payment they complain, one after the other
    """

    reason: str
    network_code: str | None
    case: str = "chargeback"
    eligible: tuple[str, ...] = ()
    final: bool = False
    parts: int = 1


COMPLAINTS = {
    "createDispute": Complaint("fraudulent", "10.4"),
    "createDisputeProductNotReceived": Complaint("product_not_received", "13.1"),
    "createDisputeInquiry": Complaint("fraudulent", "10.4", case="inquiry"),
    "createMultipleDisputes": Complaint("fraudulent", "10.4", parts=2),
    "createCe3EligibleDispute": Complaint(
        "fraudulent", "10.4", eligible=("visa_compelling_evidence_3",)
    ),
    "createComplianceDispute": Complaint(
        "noncompliant", "98", case="compliance", eligible=("visa_compliance",)
    ),
    "createMastercardComplianceDispute": Complaint(
        "noncompliant", "98", case="compliance", eligible=("mastercard_compliance",)
    ),
    "createAutoRepresentmentEligibleDispute": Complaint("fraudulent", "10.4"),
    "createRapidDisputeResolutionDispute": Complaint("fraudulent", "10.4"),
    "createCe3BlockDispute": Complaint("fraudulent", "10.4"),
    "createEthocaAlert": Complaint("fraudulent", "4837"),
}
"""By the card's name. What would prevent a dispute does so in accounts that have enrolled for that, which none here has
(https://docs.stripe.com/testing#dispute-prevention)."""

UNAUTHORIZED_DEBIT = Complaint("debit_not_authorized", None, final=True)
"""Of a bank debit (https://docs.stripe.com/payments/ach-direct-debit#disputed-payments)."""

SETTLES_AT_ONCE = frozenset({"bypassPending", "bypassPendingInternational"})
"""The cards whose money is available at once (https://docs.stripe.com/testing#available-balance)."""

REFUNDS_LATER = "pendingRefund"
"""The card whose refunds are pending at first."""

REFUNDS_FAIL = "refundFail"
"""The card whose refunds succeed at first, and then fail."""


WARNS_OF_FRAUD = "createIssuerFraudRecord"
"""The card of which the network warns early (https://docs.stripe.com/disputes/measuring#early-fraud-warnings)."""


def warns_of_fraud(card: TestCard | None) -> bool:
    """Whether the network thinks that a payment with a card is fraud."""
    return card is not None and card.name == WARNS_OF_FRAUD


def complaint_about(card: TestCard | None) -> Complaint | None:
    """What the cardholder of a charged card complains about, or nothing."""
    return COMPLAINTS.get(card.name) if card is not None else None
