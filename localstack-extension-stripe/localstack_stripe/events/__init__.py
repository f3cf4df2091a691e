"""What happened: which events a unit of work makes, and what they say.

Here is nothing of who reads them: their list is the resource ``event`` as any other.
"""
