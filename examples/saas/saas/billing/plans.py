"""The plans that can be subscribed to. Stripe knows them under the same ids."""

from typing import ClassVar, Literal


class Plan:
    """A plan; amounts are in the currency's smallest unit."""

    id: ClassVar[str]
    name: ClassVar[str]
    amount: ClassVar[int]
    currency: ClassVar[str] = "usd"
    interval: ClassVar[Literal["month", "year"]] = "month"


class TeamPlan(Plan):
    """For a team, from month to month."""

    id = "team"
    name = "Team"
    amount = 49_00


class EnterprisePlan(Plan):
    """For a company, from year to year."""

    id = "enterprise"
    name = "Enterprise"
    amount = 4_990_00
    interval = "year"


PLANS: dict[str, type[Plan]] = {plan.id: plan for plan in (TeamPlan, EnterprisePlan)}
"""All plans, by their ids."""
