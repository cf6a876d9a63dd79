# proves: HL-015
"""gather() refuses what it cannot await, futures of two loops, and to run without a loop."""

import asyncio


async def child():
    return "child"


async def main():
    try:
        await asyncio.gather(loop.create_future(), other.create_future())
    except ValueError as error:
        print(type(error).__name__)
    try:
        await asyncio.gather(5)
    except TypeError as error:
        print(type(error).__name__)
    finished = loop.create_future()
    finished.set_result("finished")
    gathered = asyncio.gather(finished, finished)
    print("main", await gathered)


loop = asyncio.new_event_loop()
other = asyncio.new_event_loop()
loop.run_until_complete(main())
asyncio.set_event_loop(None)
unused = child()
try:
    asyncio.gather(unused)
except RuntimeError as error:
    print(type(error).__name__)
unused.close()
loop.close()
other.close()
