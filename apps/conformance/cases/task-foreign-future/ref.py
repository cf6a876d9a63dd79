# proves: TASK-028
"""Awaiting a future of another loop is a RuntimeError at the await."""

import asyncio


async def main():
    try:
        await other.create_future()
    except RuntimeError as error:
        print(type(error).__name__, str(error).endswith("attached to a different loop"))
    await asyncio.sleep(0)
    return "went on"


loop = asyncio.new_event_loop()
other = asyncio.new_event_loop()
print(loop.run_until_complete(main()))
loop.close()
other.close()
