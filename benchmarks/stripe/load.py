"""The load of a row: `wrk`, which is never the limit, or one client where requests build on each other."""

import re
import subprocess
import tempfile
import time
from dataclasses import dataclass

from benchmarks.stripe.contenders import CARD, KEY_LASTS, Api, Contender

_SCRIPT = """
local number, run = 0, "%(run)s"
request = function()
  number = number + 1
  wrk.headers["Authorization"] = "Bearer sk_test_w" .. run .. math.floor(number / %(key_lasts)d)
  wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
  return wrk.format("%(verb)s", "%(path)s", nil, %(body)s)
end
"""

_CUSTOMER = '"email=user" .. run .. number .. "%40example.com&name=Zoe+Miller&metadata[order]=6735"'


@dataclass(frozen=True)
class Requests:
    """One kind of request, again and again.

    :param body: a Lua expression
    """

    verb: str
    path: str
    body: str = "nil"


CREATE = Requests("POST", "/v1/customers", _CUSTOMER)
PAGE = Requests("GET", "/v1/customers?limit=10")


def retrieve(customer: str) -> Requests:
    """Retrieve the customer of that id."""
    return Requests("GET", f"/v1/customers/{customer}")


def rate(contender: Contender, requests: Requests, connections: int, seconds: float) -> float:
    """Requests a second over so many kept connections.

    :raises RuntimeError: where one was not answered well
    """
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(
            _SCRIPT
            % {
                "run": time.monotonic_ns(),
                "key_lasts": KEY_LASTS,
                "verb": requests.verb,
                "path": requests.path,
                "body": requests.body,
            }
        )
        script.flush()
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds:.0f}s", "-s", script.name]
        url = f"http://127.0.0.1:{contender.port}"
        said = subprocess.run([*command, url], capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said:
        raise RuntimeError(f"{contender.name}: {requests.verb} {requests.path}\n{said}")
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    assert found is not None, said
    return float(found[1])


def subscription_rate(contender: Contender, seconds: float) -> float:
    """Subscriptions a second with their invoice, one after the other; what they need is made beforehand."""
    api = Api(contender.port)
    plan = api.call(
        "POST",
        "/v1/plans",
        **{"amount": 4900, "currency": "usd", "interval": "month", "product[name]": "Team"},
    )["id"]
    spent, done = 0.0, 0
    deadline = time.perf_counter() + 2 * seconds
    while spent < seconds and time.perf_counter() < deadline:
        card = api.call("POST", "/v1/tokens", **CARD)["id"] if contender.tokenizes else "tok_visa"
        customer = api.call("POST", "/v1/customers", email="zoe@example.com", source=card)["id"]
        started = time.perf_counter()
        api.call("POST", "/v1/subscriptions", **{"customer": customer, "items[0][plan]": plan})
        spent += time.perf_counter() - started
        done += 1
    return done / spent
