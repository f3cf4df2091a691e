"""What SES knows in an account and region, on moto's backend: LocalStack's SES v1 keeps it there, and v2 shares it."""

import functools
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parseaddr
from typing import Any

TemplateContent = Mapping[str, str]
"""A template as SES v2 names its parts: ``Subject``, ``Text`` and ``Html``."""

_PARTS = {"Subject": "subject_part", "Text": "text_part", "Html": "html_part"}


class Account:
    """SES's identities, templates and counts in one account and region."""

    def __init__(self, account_id: str, region: str) -> None:
        self.id = account_id
        self.region = region

    # Identities

    def identities(self) -> list[str]:
        """The identities' names, which are addresses and domains, in alphabetical order."""
        return sorted(self._backend.email_identities)

    def identity(self, name: str) -> Any:
        """moto's record of an identity; none where there is none."""
        return self._backend.email_identities.get(name)

    def create_identity(self, name: str, request: Mapping[str, Any]) -> Any:
        """Keep an identity, which is verified at once, as those of LocalStack's SES v1 are.

        :param request: that of ``CreateEmailIdentity``
        """
        return self._backend.create_email_identity_v2(
            name,
            request.get("Tags"),
            request.get("DkimSigningAttributes"),
            request.get("ConfigurationSetName"),
        )

    def delete_identity(self, name: str) -> None:
        """Forget an identity, if there is one of that name."""
        self._backend.email_identities.pop(name, None)

    def dkim_tokens(self, name: str) -> list[str]:
        """The tokens that are to be published for a domain."""
        tokens = self._backend.get_identity_dkim_attributes([name])[name].get("DkimTokens")
        return list(tokens or [])

    def forwards_feedback(self, name: str) -> bool:
        """Whether bounces of the identity's mail are sent on to it."""
        attributes = self._backend.get_identity_notification_attributes([name])
        return bool(attributes[name]["ForwardingEnabled"])

    def may_send(self, source: str, identity_arn: str | None = None) -> bool:
        """Whether *source*, its domain, or the domain above it is verified, or the identity that an owner lends is."""
        if identity_arn:
            parts = identity_arn.split(":", 5)
            if len(parts) == 6 and Account(parts[4], self.region).identity(
                parts[5].removeprefix("identity/")
            ):
                return True
        address = parseaddr(source)[1]
        names = self._backend.email_identities
        labels = address.rpartition("@")[2].lower().split(".")
        domains = (".".join(labels[start:]) for start in range(len(labels)))
        return bool(address) and (address in names or any(domain in names for domain in domains))

    # Templates

    def templates(self) -> list[tuple[str, datetime]]:
        """Every template's name and when it was made, oldest first."""
        kept = [
            (template["template_name"], _time(template.get("Timestamp")))
            for template in self._backend.list_templates()
        ]
        return sorted(kept, key=lambda each: each[1])

    def template(self, name: str) -> TemplateContent | None:
        """A template; none where there is none."""
        kept = self._backend.templates.get(name)
        return kept and {part: kept.get(key) or "" for part, key in _PARTS.items()}

    def put_template(self, name: str, content: TemplateContent) -> None:
        """Keep a template, in place of one of that name."""
        before = self._backend.templates.get(name) or {}
        self._backend.templates[name] = {
            "template_name": name,
            **{key: content.get(part) or "" for part, key in _PARTS.items()},
            # Without a time zone, as moto's own are.
            "Timestamp": before.get("Timestamp") or datetime.now(UTC).replace(tzinfo=None),
        }

    def delete_template(self, name: str) -> None:
        """Forget a template, if there is one of that name."""
        self._backend.templates.pop(name, None)

    # Sending

    def count(self, recipients: int) -> None:
        """Add to what ``GetSendQuota`` says was sent today."""
        self._backend.sent_message_count += recipients

    @functools.cached_property
    def _backend(self) -> Any:
        from moto.ses import ses_backends

        return ses_backends[self.id][self.region]


def _time(kept: Any) -> datetime:
    """moto keeps a time; LocalStack's SES v1 puts its text in the place when it lists templates."""
    if isinstance(kept, str):
        kept = datetime.fromisoformat(kept)
    return (
        kept.replace(tzinfo=UTC) if isinstance(kept, datetime) else datetime.fromtimestamp(0, UTC)
    )
