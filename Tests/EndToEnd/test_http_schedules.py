"""Upstreams that are killed, expire or are restarted between any two steps, with HTTP on both sides.

Each schedule is drawn from its number: `MANIFOLD_TEST_SCHEDULES=1000` lives more of them than the suite
does, `MANIFOLD_TEST_SEED` begins elsewhere.
"""

import asyncio
import itertools
import os
import random
from collections import Counter

import pytest

from harness.eras import MODERN, NEWEST
from harness.faulty import Faulty, filled, pair
from harness.peer import Refused

COUNT = int(os.environ.get("MANIFOLD_TEST_SCHEDULES", "60"))
FIRST = int(os.environ.get("MANIFOLD_TEST_SEED", "1"))
#: They are shared out, so that each test has an end.
SHARES = 4


class Life:
    """One client in front of the upstreams while one schedule lasts."""

    def __init__(self, seed: int, client, upstreams: list[Faulty]):
        self.seed, self.client, self.upstreams = seed, client, upstreams
        self.random, self.numbers = random.Random(seed), itertools.count(1)
        #: What each work came to: "done", or what the answer says about its execution.
        self.outcomes: dict[int, str] = {}

    async def live(self) -> None:
        for upstream in self.upstreams:
            upstream.begin(f"{self.seed} {upstream.name}")
        await self.client.ready()
        for _ in range(self.random.randint(1, 3)):
            works = [self.work(self.random.choice(self.upstreams)) for _ in range(self.random.randint(1, 5))]
            lists = [self.client.names()] if self.random.random() < 0.3 else []
            await asyncio.gather(*works, *lists)
        for upstream in self.upstreams:
            await upstream.settled()
        for upstream in self.upstreams:
            await self.final(upstream)
        self.check()

    async def work(self, upstream: Faulty, tool: str | None = None) -> str:
        number = next(self.numbers)
        tool = tool or self.random.choice(["work", "work", "ask"])
        params = {"name": f"{upstream.name}__{tool}", "arguments": {"n": number}}
        self.outcomes[number] = outcome = await self.outcome(params, upstream)
        return outcome

    async def outcome(self, params: dict, upstream: Faulty) -> str:
        try:
            result = await self.rounds(params)
        except Refused as refused:
            # The upstream's own words are passed on if it loses two sessions in a row.
            return "no" if upstream.refused_with(refused.error) else self.executed(refused.error.get("data"))
        if result.get("isError"):
            return self.executed(result.get("_meta")) or str(result)
        number, said = params["arguments"]["n"], result["content"][0]["text"]
        asks = params["name"].endswith("ask")
        wanted = f"{upstream.name} {number}" + (f" {number}" if asks else "")
        wanted += f" s{number}" if asks and upstream.modern else ""
        assert said == wanted, (self.seed, wanted, said)
        return "done"

    @staticmethod
    def executed(about: dict | None) -> str | None:
        return (about or {}).get("manifold/executed")

    async def rounds(self, params: dict) -> dict:
        """The result of a call, however often its client is asked by the answer."""
        exchange = self.client.begin("tools/call", params)
        result = await exchange.result(40)
        assert exchange.status == 200, (self.seed, exchange.story())
        while result.get("resultType") == "input_required":
            answers = {key: filled(asked["params"]) for key, asked in result["inputRequests"].items()}
            more = {"inputResponses": answers, "requestState": result["requestState"]}
            result = await self.client.request("tools/call", {**params, **more}, 40)
        return result

    async def final(self, upstream: Faulty) -> None:
        """The session goes on: once the upstream is there, it works again."""
        for _ in range(150):
            outcome = await self.work(upstream, "work")
            if outcome == "done":
                return
            assert outcome == "no", (self.seed, outcome)
            await asyncio.sleep(0.1)
        raise AssertionError(f"seed {self.seed}: '{upstream.name}' does not come back")

    def check(self) -> None:
        done = sum((upstream.done for upstream in self.upstreams), Counter())
        for number, outcome in self.outcomes.items():
            assert outcome in ("done", "no", "unknown", "yes"), (self.seed, number, outcome)
            assert done[number] <= 1, f"seed {self.seed}: {number} was carried out {done[number]} times"
            if outcome == "done":
                assert done[number] == 1, (self.seed, number)
            if outcome == "no":
                assert done[number] == 0, f"seed {self.seed}: {number} ran after all"


async def lived(world, seed: int) -> tuple[Counter, Counter]:
    """What the works of one schedule came to, and which faults they met."""
    upstreams = pair()
    for upstream in upstreams:
        await upstream.start()
    front = await world.front({upstream.name: {"http": {"url": upstream.url}} for upstream in upstreams})
    client = world.caller(front.url, random.Random(seed).choice([NEWEST, MODERN]))
    client.answers["elicitation/create"] = filled
    life = Life(seed, client, upstreams)
    try:
        await asyncio.wait_for(life.live(), 50)
    except BaseException:
        print(f"seed {seed}: {life.outcomes}\n{front.story()}")
        raise
    await client.discard()
    world.peers.remove(client)
    assert client.frames.wrong == [], (seed, client.frames.wrong)
    await asyncio.to_thread(front.kill)
    world.listeners.remove(front)
    for upstream in upstreams:
        await upstream.close()
    return Counter(life.outcomes.values()), sum((upstream.faults for upstream in upstreams), Counter())


@pytest.mark.timeout(60 + COUNT)
@pytest.mark.parametrize("share", range(SHARES))
async def test_no_order_of_losses_loses_doubles_or_crosses_anything(world, share):
    outcomes, faults = Counter(), Counter()
    for seed in range(FIRST + share, FIRST + COUNT, SHARES):
        more = await lived(world, seed)
        outcomes, faults = outcomes + more[0], faults + more[1]
    # What is tried is worth trying: there were losses of all kinds, and yet much of it was done.
    if COUNT >= 60:
        assert len(faults) == 4 and faults.total() >= COUNT / SHARES, faults
        assert outcomes["done"] > outcomes.total() / 3 and outcomes["unknown"] > 0, outcomes
