# proves: HL-046
"""A barrier lets n through at a time, each with its own index, again and again."""

import asyncio


async def party(name):
    for n in range(2):
        index = await barrier.wait()
        indices.append(index)
        print(name, "round", n)


async def main():
    try:
        asyncio.Barrier(0)
    except ValueError as error:
        print(type(error).__name__)
    print(barrier.parties, barrier.n_waiting, barrier.broken)
    tasks = [asyncio.create_task(party(name)) for name in ("a", "b")]
    await asyncio.sleep(0)
    print("waiting", barrier.n_waiting)
    tasks.append(asyncio.create_task(party("c")))
    await asyncio.wait(tasks)
    print(sorted(indices), barrier.n_waiting)
    waiter = asyncio.create_task(barrier.wait())
    await asyncio.sleep(0)
    waiter.cancel()
    await asyncio.wait([waiter])
    print("cancelled", waiter.cancelled(), barrier.n_waiting, barrier.broken)


indices = []
barrier = asyncio.Barrier(3)
asyncio.run(main())
