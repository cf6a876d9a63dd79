# proves: HL-006
"""run() takes its loop from the factory, and then leaves the current loop alone."""

import asyncio


def factory():
    print("factory")
    return made


async def main():
    return asyncio.get_running_loop() is made


made = asyncio.new_event_loop()
current = asyncio.new_event_loop()
asyncio.set_event_loop(current)
print(asyncio.run(main(), loop_factory=factory))
print(made.is_closed(), asyncio.get_event_loop() is current)
asyncio.set_event_loop(None)
current.close()
