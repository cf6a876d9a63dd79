# proves: FUT-002
"""A future takes the running loop, else the one that is set, else it is refused."""

import asyncio


async def main():
    print("running", asyncio.Future().get_loop() is running)
    print("given", asyncio.Future(loop=current).get_loop() is current)


running = asyncio.new_event_loop()
current = asyncio.new_event_loop()
asyncio.set_event_loop(current)
running.run_until_complete(main())
print("current", asyncio.Future().get_loop() is current)
try:
    asyncio.Future(current)
except TypeError as error:
    print(type(error).__name__)
asyncio.set_event_loop(None)
try:
    asyncio.Future()
except RuntimeError as error:
    print(type(error).__name__)
running.close()
current.close()
