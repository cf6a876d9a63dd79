# proves: HL-001 LOOP-002
"""run() gives main's result or error, and always closes its loop."""

import asyncio


async def main(value):
    loops.append(asyncio.get_running_loop())
    await asyncio.sleep(0)
    if value < 0:
        raise ValueError("negative")
    return value * 2


loops = []
print(asyncio.run(main(21)))
try:
    asyncio.run(main(-1))
except ValueError as error:
    print(repr(error))
print(loops[0] is loops[1], [loop.is_closed() for loop in loops])
for get in (asyncio.get_running_loop, asyncio.get_event_loop):
    try:
        get()
    except RuntimeError as error:
        print(type(error).__name__)
