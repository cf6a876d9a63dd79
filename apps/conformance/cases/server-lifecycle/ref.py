# proves: SRVOBJ-004 SRVOBJ-005 SRVOBJ-006 SRVOBJ-008 SRVOBJ-011 SRVOBJ-012 SRVOBJ-014 SRVOBJ-019 SRVOBJ-020 SRVOBJ-022 SRVOBJ-023 SRVOBJ-025
"""A server from its making to its end, and what it answers in each state."""

import asyncio


class Quiet(asyncio.Protocol):
    def __init__(self):
        self.made = loop.create_future()
        self.lost = loop.create_future()

    def connection_made(self, transport):
        self.transport = transport
        self.made.set_result(None)

    def connection_lost(self, exc):
        self.lost.set_result(None)


def show(server):
    print(server.is_serving(), len(server.sockets), server.get_loop() is loop)


async def starts_later():
    server = await loop.create_server(Quiet, "127.0.0.1", 0, start_serving=False)
    show(server)
    await server.start_serving()
    await server.start_serving()
    show(server)
    server.close()
    show(server)
    server.close()
    await server.wait_closed()
    try:
        await server.serve_forever()
    except RuntimeError as error:
        print(str(error).split("> ")[-1])


async def waits_for_connections():
    served = Quiet()
    server = await loop.create_server(lambda: served, "127.0.0.1", 0)
    _, client = await loop.create_connection(Quiet, *server.sockets[0].getsockname())
    await served.made
    server.close()
    waiting = loop.create_task(server.wait_closed())
    await asyncio.sleep(0)
    print("closed", waiting.done())
    client.transport.close()
    await served.lost
    await waiting
    print("closed", waiting.done())


async def closes_its_clients(method):
    served = Quiet()
    server = await loop.create_server(lambda: served, "127.0.0.1", 0)
    _, client = await loop.create_connection(Quiet, *server.sockets[0].getsockname())
    await served.made
    getattr(server, method)()
    print(served.transport.is_closing(), server.is_serving())
    await client.lost
    server.close()
    await server.wait_closed()


async def serves_until_cancelled():
    server = await loop.create_server(Quiet, "127.0.0.1", 0, start_serving=False)
    task = loop.create_task(server.serve_forever())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    show(server)
    try:
        await server.serve_forever()
    except RuntimeError as error:
        print(str(error).split("> ")[-1])
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        print("cancelled")
    show(server)


async def ends_with_its_block():
    async with await loop.create_server(Quiet, "127.0.0.1", 0) as server:
        show(server)
    show(server)


async def main():
    await starts_later()
    await waits_for_connections()
    await closes_its_clients("close_clients")
    await closes_its_clients("abort_clients")
    await serves_until_cancelled()
    await ends_with_its_block()


loop = asyncio.new_event_loop()
loop.run_until_complete(main())
loop.close()
