"""``make bench``: every benchmark, one after the other."""

import logging

from benchmarks import mail, stripe_api

logging.getLogger("mail.log").setLevel(logging.WARNING)
stripe_api.main()
mail.main()
