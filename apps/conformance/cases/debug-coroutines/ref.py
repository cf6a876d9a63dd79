# proves: DBG-006 CB-007
"""In debug mode coroutine functions, coroutines and what cannot be called are refused as
callbacks."""

import asyncio


async def coroutine():
    print("never printed")


loop = asyncio.new_event_loop()
loop.set_debug(True)
made = coroutine()
for callback in (coroutine, made, 5, None):
    for schedule in (
        loop.call_soon,
        loop.call_soon_threadsafe,
        lambda callback: loop.call_later(0, callback),
        lambda callback: loop.call_at(0, callback),
    ):
        try:
            schedule(callback)
        except TypeError as error:
            print(type(error).__name__)
made.close()
loop.call_later(0, loop.stop)
loop.run_forever()
loop.close()
