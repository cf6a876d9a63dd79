# proves: TASK-023
"""A future that a coroutine returns is handed over as it is."""

import asyncio


async def returns(value):
    return value


async def main():
    finished = loop.create_future()
    finished.set_result("inside")
    result = await loop.create_task(returns(finished))
    print(asyncio.isfuture(result), result is finished)
    result = await returns(finished)
    print(asyncio.isfuture(result), result is finished)


loop = asyncio.new_event_loop()
loop.run_until_complete(main())
loop.close()
