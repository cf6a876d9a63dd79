# proves: FUT-020 ERR-005
"""A done callback that throws is reported; the others run and the future is unaffected."""

import asyncio


def handler(loop, context):
    in_callback = context["message"].startswith("Exception in callback")
    print("handler", in_callback, repr(context["exception"]))


def fails(future):
    raise ValueError("from a callback")


async def main():
    future = loop.create_future()
    future.add_done_callback(lambda future: print("first"))
    future.add_done_callback(fails)
    future.add_done_callback(lambda future: print("third"))
    future.set_result("unaffected")
    await asyncio.sleep(0)
    return await future


loop = asyncio.new_event_loop()
loop.set_exception_handler(handler)
print(loop.run_until_complete(main()))
loop.close()
