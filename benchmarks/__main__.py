"""``make bench``: every benchmark, one after the other; ``python -m benchmarks mail`` runs one."""

import argparse

from benchmarks import mail, stripe

PARTS = {"stripe": stripe.main, "mail": mail.main}

parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
parser.add_argument("part", nargs="*", help=f"what to measure: {', '.join(PARTS)}; all by default")
for part in parser.parse_args().part or PARTS:
    if part not in PARTS:
        parser.error(f"there is no part {part}; there are {', '.join(PARTS)}")
    PARTS[part]()
