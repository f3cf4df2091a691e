"""Taking mail by SMTP: RFC 5321 on aiosmtpd, in MailHog's words.

``session`` is one connection's protocol, ``server`` what happens with what it takes. Nothing here reads mail.
"""
