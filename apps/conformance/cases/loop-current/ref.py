# proves: LOOP-004 LOOP-006 LOOP-007 LOOP-008 LOOP-009
"""The current loop is the running one, else the one that was set."""

import asyncio


async def main():
    print("running one wins", asyncio.get_event_loop() is second)
    asyncio.set_event_loop(None)
    print("unset while running", asyncio.get_event_loop() is second)
    asyncio.set_event_loop(first)


first = asyncio.new_event_loop()
second = asyncio.new_event_loop()
print("new", first is second, first.is_running(), first.is_closed())
asyncio.set_event_loop(first)
print("set", asyncio.get_event_loop() is first)
second.run_until_complete(main())
print("set", asyncio.get_event_loop() is first)
try:
    asyncio.set_event_loop(5)
except TypeError as error:
    print(type(error).__name__)
print("unchanged", asyncio.get_event_loop() is first)
asyncio.set_event_loop(None)
try:
    asyncio.get_event_loop()
except RuntimeError as error:
    print(type(error).__name__)
first.close()
second.close()
