# proves: FUT-007
"""setException() makes an error of a class, and refuses what is none."""

import asyncio

loop = asyncio.new_event_loop()
future = loop.create_future()
future.set_exception(RuntimeError)
print(repr(future.exception()), future.exception() is future.exception())
future = loop.create_future()
for value in ("text", 5, None, object):
    try:
        future.set_exception(value)
    except TypeError as error:
        print(type(error).__name__, future.done())
loop.close()
