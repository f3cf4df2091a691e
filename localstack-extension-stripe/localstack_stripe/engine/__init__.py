"""What makes every operation of the contract work: records and units of work, time, ids, the generic operations.

Nothing here knows a particular resource's behaviour, HTTP or LocalStack.
"""
