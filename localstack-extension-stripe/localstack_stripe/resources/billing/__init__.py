"""Billing (https://docs.stripe.com/api/subscriptions), a file a subject.

Invoices, subscriptions, quotes and schedules have several: what is asked of a subscription is in ``subscriptions``, how
one starts in ``subscription_start``, what happens by itself in ``subscription_cycle``, what a change costs in
``subscription_changes``, changes that wait to be paid in ``subscription_pending``, pausing in ``subscription_pauses``.
"""
