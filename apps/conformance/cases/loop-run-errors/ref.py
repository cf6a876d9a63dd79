# proves: LOOP-014 LOOP-015
"""What cannot be awaited, and a future of another loop, are refused before anything runs."""

import asyncio

loop = asyncio.new_event_loop()
other = asyncio.new_event_loop()
loop.call_soon(print, "the loop ran")
for value in ("blah", 5, None):
    try:
        loop.run_until_complete(value)
    except TypeError as error:
        print(type(error).__name__)
try:
    loop.run_until_complete(other.create_future())
except ValueError as error:
    print(type(error).__name__)
print("running", loop.is_running())
loop.run_until_complete(asyncio.sleep(0))
loop.close()
other.close()
