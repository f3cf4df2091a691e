"""Many clients at once, over sockets: nothing is lost, nothing is there twice, nobody sees half of anything."""

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor

import stripe as stripe_sdk

CLIENTS = 32
EACH = 12


def test_32_clients_lose_and_duplicate_nothing(client, stripe_emulator):
    tag = "parallel"
    barrier = threading.Barrier(CLIENTS)

    def work(number):
        mine = own_client(stripe_emulator)
        barrier.wait()
        made = []
        for each in range(EACH):
            customer = mine.v1.customers.create({"name": f"{number}-{each}", "description": tag})
            mine.v1.customers.update(customer.id, {"metadata": {"seen": str(each)}})
            if each % 4 == 0:
                mine.v1.customers.delete(customer.id)
            else:
                made.append(customer.id)
        return made

    with ThreadPoolExecutor(CLIENTS) as pool:
        made = list(itertools.chain.from_iterable(pool.map(work, range(CLIENTS))))

    listed = list(client.v1.customers.list({"limit": 100}).auto_paging_iter())
    assert sorted(each.id for each in listed) == sorted(made)
    assert len({each.name for each in listed}) == len(made) == CLIENTS * EACH * 3 // 4
    assert all(each.metadata["seen"] == each.name.split("-")[1] for each in listed)


def test_parallel_retries_with_one_key_make_one_customer(client, stripe_emulator):
    barrier = threading.Barrier(CLIENTS)

    def retry(number):
        mine = own_client(stripe_emulator)
        barrier.wait()
        return mine.v1.customers.create({"name": "Once"}, {"idempotency_key": "the-same"}).id

    with ThreadPoolExecutor(CLIENTS) as pool:
        answered = set(pool.map(retry, range(CLIENTS)))

    assert [each.id for each in client.v1.customers.list().data] == list(answered)


def test_who_lists_while_others_write_meets_what_was_there(client, stripe_emulator):
    before = [client.v1.customers.create({"name": f"Old {each}"}).id for each in range(30)]
    stop = threading.Event()

    def write(number):
        mine = own_client(stripe_emulator)
        while not stop.is_set():
            mine.v1.customers.create({"name": "New"})

    with ThreadPoolExecutor(4) as pool:
        writers = [pool.submit(write, each) for each in range(4)]
        try:
            walks = [
                [each.id for each in client.v1.customers.list({"limit": 7}).auto_paging_iter()]
                for _ in range(3)
            ]
        finally:
            stop.set()
        for writer in writers:
            writer.result()

    for walked in walks:
        assert len(set(walked)) == len(walked)
        assert [id for id in walked if id in set(before)] == before[::-1]


def own_client(account):
    """A client with connections of its own."""
    return stripe_sdk.StripeClient(
        account.api_key,
        base_addresses=account.base_addresses,
        max_network_retries=0,
        http_client=stripe_sdk.RequestsClient(),
    )
