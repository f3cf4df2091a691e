"""Taking mail by SMTP: RFC 5321 on aiosmtpd, in MailHog's words. Nothing here reads mail.

``server`` listens, ``sessions`` are those that are connected, ``session`` is one connection, ``incoming`` what it has
sent, ``commands`` what is done and replied, ``delivery`` the way into the mailbox. ``chaos`` is Jim; ``relay`` and
``outgoing`` send mail on to a real server.
"""
