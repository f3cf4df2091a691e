"""What is done with mail as it arrives, where somebody asked for it: a webhook, and forwarding to real servers.

``following`` hands each mail that comes to an action, once, in order, after it was acknowledged; the other modules are
the actions. Nothing here holds up a sender.
"""
