# proves: TR-022 TR-023 TR-024 TR-025 TR-026 TR-027 TR-032
"""Water marks: when a protocol is told to pause and to go on, and what limits are refused."""

import asyncio


class Quiet(asyncio.Protocol):
    def __init__(self):
        self.made = loop.create_future()
        self.received = 0

    def connection_made(self, transport):
        self.transport = transport
        self.made.set_result(None)

    def data_received(self, data):
        self.received += len(data)


class Paused(Quiet):
    def __init__(self):
        super().__init__()
        self.resumed = loop.create_future()

    def pause_writing(self):
        print("pause", self.transport.get_write_buffer_size() > self.transport.get_write_buffer_limits()[1])

    def resume_writing(self):
        print("resume", self.transport.get_write_buffer_size() <= self.transport.get_write_buffer_limits()[0])
        if not self.resumed.done():
            self.resumed.set_result(None)


async def main():
    served = Quiet()
    server = await loop.create_server(lambda: served, "127.0.0.1", 0)
    transport, client = await loop.create_connection(Paused, *server.sockets[0].getsockname())
    await served.made
    print(transport.get_write_buffer_limits(), transport.get_write_buffer_size())
    for limits in ({"high": 1000}, {"low": 500}, {"high": 0}, {"high": 100, "low": 100}, {}):
        transport.set_write_buffer_limits(**limits)
        print(limits, transport.get_write_buffer_limits())
    for limits in ({"high": 10, "low": 20}, {"high": -1}, {"low": -1}):
        try:
            transport.set_write_buffer_limits(**limits)
        except ValueError as error:
            print(error)
    served.transport.pause_reading()
    served.transport.pause_reading()
    print(served.transport.is_reading())
    transport.write(bytes(10_000_000))
    transport.write(b"more")
    print("size", transport.get_write_buffer_size() > 65536)
    served.transport.resume_reading()
    served.transport.resume_reading()
    print(served.transport.is_reading())
    await client.resumed
    transport.set_write_buffer_limits(high=0)
    while served.received < 10_000_004:
        await asyncio.sleep(0)
    print(served.received, transport.get_write_buffer_size())
    transport.close()
    server.close()
    await server.wait_closed()


loop = asyncio.new_event_loop()
loop.run_until_complete(main())
loop.close()
