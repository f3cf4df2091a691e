"""What is not JSON: a file that is sent, and one that is answered."""

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of a multipart request.

    :param type: its media type, as the client says
    """

    filename: str
    type: str
    content: bytes


class Content(NamedTuple):
    """An answer that is a file.

    :param type: its media type
    """

    body: bytes
    type: str
