"""The wire: from an HTTP request to an operation of the contract and back.

``handling`` is the pipeline, without I/O; ``asgi`` connects it to a server. What an operation does is not here.
"""
