"""For the tests of applications that send mail: a client for the sink, and a pytest plugin.

pytest imports this package in every run of everybody who has it installed, so it imports nothing of its own.
"""
