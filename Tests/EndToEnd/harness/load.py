"""Calls without end, while something changes beneath them."""

import asyncio

from .limits import soon


class Load:
    """Lanes of calls of one tool, each of which must be answered rightly; no two calls are alike.

    `right` judges a result; `may_fail` lets calls fail, whose texts are kept in `failed`.
    """

    def __init__(self, client, tool: str, right: str, lanes: int = 4, may_fail: bool = False):
        self.client, self.tool, self.right, self.lanes = client, tool, right, lanes
        self.may_fail, self.failed = may_fail, []
        self.sent, self.done, self._over, self._wake = 0, 0, False, []

    async def _run(self, lane: int) -> None:
        while not self._over:
            self.sent += 1
            result = await self.client.call(self.tool, {"n": self.sent}, id=f"load-{self.sent}")
            text = result["content"][0]["text"]
            if result.get("isError") and self.may_fail:
                self.failed.append(result)
            else:
                assert not result.get("isError") and text == self.right, result
                self.done += 1
            wake, self._wake = self._wake, []
            for waiter in wake:
                if not waiter.done():
                    waiter.set_result(None)

    async def until(self, test, what: str) -> None:
        """Returns when the test is true after a call."""

        async def wait() -> None:
            while not test():
                assert not any(lane.done() for lane in self._lanes), "a lane of the load has ended"
                waiter = asyncio.get_running_loop().create_future()
                self._wake.append(waiter)
                await waiter

        try:
            await soon(wait(), what)
        except AssertionError:
            self._over = True
            await asyncio.wait_for(asyncio.gather(*self._lanes), 5)
            raise

    async def more(self, count: int = 40) -> None:
        """Returns when so many more calls were answered rightly."""
        enough = self.done + count
        await self.until(lambda: self.done >= enough, f"{count} more calls")

    async def __aenter__(self):
        self._lanes = [asyncio.create_task(self._run(lane)) for lane in range(self.lanes)]
        return self

    async def __aexit__(self, *_):
        self._over = True
        await soon(asyncio.gather(*self._lanes), "the load to end")
