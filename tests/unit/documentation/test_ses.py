"""What docs/ses.md says of operations is what the code does."""

import pytest

pytest.importorskip(
    "localstack", reason="LocalStack is not installed: it needs Python 3.12 or newer"
)

from localstack.aws.skeleton import create_dispatch_table

from localstack_mailhog.aws import v1
from localstack_mailhog.aws.provider import SesV2Operations
from tests.documents import table_rows


def test_the_table_of_operations_is_what_is_tapped_and_answered() -> None:
    rows = [
        (api, operation.strip("`"))
        for api, operation, *_ in table_rows("docs/ses.md", "## Operations")
    ]

    tapped = [("v1", operation) for operation in v1.SENDS]
    answered = [("v2", operation) for operation in create_dispatch_table(SesV2Operations())]
    assert sorted(rows) == sorted(tapped + answered)
