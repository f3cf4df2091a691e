"""Derives the contract of Stripe's API, as data, from Stripe's own pinned SDKs.

``python -m tools.contract`` writes ``contract.json``; with ``--summary`` it says what is in it. It
needs `tree-sitter` and `tree-sitter-typescript`, which the emulator itself does not.

The modules, in the order of the work:

==================  ==========================================================================
``sources``         the pins, and where the two SDKs come from
``python_modules``  looks names up in the Python SDK's source, which is parsed and never imported
``operations``      every operation and its parameters, from the Python SDK
``parameters``      the parameters of an operation, and the structures in them
``scalars``         which numbers of a resource are integers, timestamps or fractions
``typescript``      looks names up in the Node SDK's typings
``resources``       every resource, from the Node SDK
``returns``         what each operation returns, from the Node SDK
``events``          every type of event and the object it carries, from the Node SDK
``places``          every parameter beside the field of the answer that shows it
``references``      which parameters are ids, and of which kind
``defaults``        what holds where a request says nothing
``overrides``       what neither SDK says, from ``overrides.json``
``structures``      makes the structures few: unused ones go, equal ones become one
``enums``           gives long enums a name
``document``        puts it together
``writing``         writes it, one line an entry
``summary``         counts what is in a contract, and tells two apart
``json_values``     the contract while it is put together
``grammar``         the notation in which types are written
``timestamps``      tells timestamps from other integers, and moments from other texts
``lengths``         how long a string may be
==================  ==========================================================================
"""
