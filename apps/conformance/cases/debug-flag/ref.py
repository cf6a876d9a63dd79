# proves: DBG-002 DBG-013
"""Debug mode can be switched, and run() forces it."""

import asyncio


async def main():
    loop = asyncio.get_running_loop()
    print("running", loop.get_debug())
    loop.set_debug(not loop.get_debug())
    print("switched", loop.get_debug(), loop.slow_callback_duration)


loop = asyncio.new_event_loop()
print(loop.get_debug(), loop.slow_callback_duration)
loop.set_debug(True)
print(loop.get_debug())
loop.set_debug(False)
print(loop.get_debug())
loop.slow_callback_duration = 5
print(loop.slow_callback_duration)
loop.close()
asyncio.run(main(), debug=True)
asyncio.run(main(), debug=False)
asyncio.run(main())
