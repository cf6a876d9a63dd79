# proves: TR-001 TR-016 TR-017 TR-018 TR-034 TR-035 PROTO-001 PROTO-004
"""Who may go on writing when one side has ended, by what eof_received() returns."""

import asyncio


class Noisy(asyncio.Protocol):
    def __init__(self, name, keep_open):
        self.name = name
        self.keep_open = keep_open
        self.events = {each: loop.create_future() for each in ("made", "data", "eof", "lost")}

    def happened(self, event, *details):
        print(self.name, event, *details)
        if not self.events[event].done():
            self.events[event].set_result(None)

    def connection_made(self, transport):
        self.transport = transport
        self.events["made"].set_result(None)

    def data_received(self, data):
        self.happened("data", data.decode())

    def eof_received(self):
        self.happened("eof")
        return self.keep_open

    def connection_lost(self, exc):
        self.happened("lost", exc)


async def converse(keep_open):
    print("keep open:", keep_open)
    served = Noisy("server", keep_open)
    server = await loop.create_server(lambda: served, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    transport, client = await loop.create_connection(lambda: Noisy("client", False), host, port)
    await served.events["made"]
    print(served.transport.is_reading(), transport.is_reading(), transport.is_closing())
    transport.write(b"one")
    await served.events["data"]
    print(transport.can_write_eof())
    transport.write_eof()
    transport.write_eof()
    try:
        transport.write(b"two")
    except RuntimeError as error:
        print(error)
    try:
        transport.writelines([b"two"])
    except RuntimeError as error:
        print(error)
    await served.events["eof"]
    print(served.transport.is_closing(), transport.is_closing())
    if keep_open:
        served.transport.write(b"three")
        await client.events["data"]
        served.transport.close()
    await served.events["lost"]
    await client.events["eof"]
    await client.events["lost"]
    print(served.transport.is_closing(), transport.is_closing())
    server.close()
    await server.wait_closed()


async def main():
    await converse(True)
    await converse(False)


loop = asyncio.new_event_loop()
loop.run_until_complete(main())
loop.close()
