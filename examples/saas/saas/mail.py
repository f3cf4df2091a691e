"""The mail that the application sends, by SES."""

from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from dynaconf import Dynaconf
from flask import render_template

from saas.accounts import Account
from saas.errors import ServiceUnavailable

ACTIVATION_SUBJECT = "LocalStack Account Activation"


class Mailer:
    """Sends mail.

    :param ses: boto3's client
    :param sender: who the mail is from
    """

    def __init__(self, ses: Any, sender: str) -> None:
        self._ses = ses
        self._sender = sender

    def send_activation(self, account: Account, link: str) -> None:
        """Ask the owner of an account's address to follow a link.

        :raises ServiceUnavailable: where SES does not take it
        """
        bodies = {
            kind: {
                "Data": render_template(f"mail/activation.{ending}", account=account, link=link),
                "Charset": "UTF-8",
            }
            for kind, ending in (("Text", "txt"), ("Html", "html"))
        }
        try:
            self._ses.send_email(
                Source=self._sender,
                Destination={"ToAddresses": [account.email]},
                Message={
                    "Subject": {"Data": ACTIVATION_SUBJECT, "Charset": "UTF-8"},
                    "Body": bodies,
                },
            )
        except (BotoCoreError, ClientError) as error:
            raise ServiceUnavailable(
                "mail_not_sent", f"We could not send a mail to {account.email}."
            ) from error


def mailer(settings: Dynaconf) -> Mailer:
    """The mailer that the settings describe."""
    aws, mail = settings.aws, settings.mail
    ses = boto3.client(
        "ses",
        region_name=aws.region,
        endpoint_url=aws.endpoint_url or None,
        aws_access_key_id=aws.access_key_id or None,
        aws_secret_access_key=aws.secret_access_key or None,
    )
    if mail.verify_sender:
        ses.verify_email_identity(EmailAddress=mail.sender)
    return Mailer(ses, mail.sender)
