# proves: HL-050
"""A LifoQueue gives the newest item first, a PriorityQueue the smallest."""

import asyncio


async def main():
    lifo = asyncio.LifoQueue()
    for item in ("a", "b", "c"):
        await lifo.put(item)
    print([await lifo.get() for _ in range(3)])
    numbers = asyncio.PriorityQueue()
    for item in (5, 1, 4, 2, 3, 2):
        await numbers.put(item)
    print([await numbers.get() for _ in range(6)])
    pairs = asyncio.PriorityQueue(maxsize=4)
    for item in ([2, "b"], [1, "z"], [2, "a"], [1, "c"]):
        pairs.put_nowait(item)
    print(pairs.full(), [pairs.get_nowait() for _ in range(4)])


asyncio.run(main())
