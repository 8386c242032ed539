"""How long anything may take before a test says that it never came.

These bound failures only: nothing in these tests waits for time to pass.
"""

import asyncio
import os

#: Seconds for one event on a busy two-core machine. MANIFOLD_TEST_PATIENCE scales it.
PATIENCE = 10.0 * float(os.environ.get("MANIFOLD_TEST_PATIENCE", "1"))


async def soon(awaitable, what: str, seconds: float = PATIENCE):
    """The value of `awaitable`, or an AssertionError that names what never came."""
    try:
        return await asyncio.wait_for(awaitable, seconds)
    except TimeoutError:
        raise AssertionError(f"waited {seconds:g} s in vain for {what}") from None
