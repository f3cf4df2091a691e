"""Accounts of v2 (https://docs.stripe.com/connect/accounts-v2): one account for all that somebody is to a platform, its
customer, its merchant, its recipient. Those of v1 are in ``connect``; what is one is the other, too.
"""
