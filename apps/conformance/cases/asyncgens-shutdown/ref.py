# proves: LOOP-041 LOOP-044 EX-005
"""shutdownAsyncgens() closes the generators that were begun and not finished."""

import asyncio


async def counter(name):
    try:
        yield 1
        yield 2
    finally:
        await asyncio.sleep(0)
        print(name, "closed")


async def main():
    begun = counter("begun")
    print("begun", await anext(begun))
    finished = counter("finished")
    async for value in finished:
        print("finished", value)
    kept.extend([begun, finished, counter("never begun")])
    loop.call_soon(loop.stop)
    await loop.create_future()


kept = []
loop = asyncio.new_event_loop()
task = loop.create_task(main())
try:
    loop.run_forever()
finally:
    print("shutting down")
    loop.run_until_complete(loop.shutdown_asyncgens())
    print("again")
    loop.run_until_complete(loop.shutdown_asyncgens())
    task.cancel()
    loop.call_soon(loop.stop)
    loop.run_forever()
    loop.close()
print(loop.is_closed(), task.cancelled())
