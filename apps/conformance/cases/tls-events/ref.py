# proves: TLS-001 TLS-002 TLS-004 TLS-013 TLS-014 TLS-015 TLS-017 TLS-020 TLS-023 TLS-025 TLS-030 TLS-033 TLS-034 TLS-036 TLS-039
"""What the protocols of both ends hear of connections over TLS, and in which order."""

import asyncio
import os
import ssl
import subprocess
import tempfile

KEY = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost -days 2"


class Log(asyncio.Protocol):
    def __init__(self, keep=False, fails=""):
        self.events = []
        self.size = 0
        self.keep = keep
        self.fails = fails
        self.closed = False
        self.lost = loop.create_future()
        self.made = loop.create_future()
        self.some = loop.create_future()

    def event(self, name):
        self.events.append(name)
        if name == self.fails:
            raise RuntimeError(name)

    def connection_made(self, transport):
        self.transport = transport
        self.made.set_result(None)
        self.event("made")

    def data_received(self, data):
        self.size += len(data)
        if not self.some.done():
            self.some.set_result(None)
        if self.events[-1] != "data":
            self.event("data")

    def eof_received(self):
        # Whether one hears of the peer's end after one's own is no part of this.
        if not self.closed:
            self.event("eof")
        return self.keep

    def connection_lost(self, exc):
        self.events.append("lost " + type(exc).__name__)
        self.lost.set_result(None)

    def close(self):
        self.closed = True
        self.transport.close()


def report(loop, context):
    print("report", context["message"], context["exception"])


async def pair(near, far, secure=True):
    server = await loop.create_server(
        lambda: far, "127.0.0.1", 0, ssl=server_context if secure else None
    )
    port = server.sockets[0].getsockname()[1]
    if secure:
        await loop.create_connection(
            lambda: near, "127.0.0.1", port, ssl=client_context, server_hostname="localhost"
        )
    else:
        await loop.create_connection(lambda: near, "127.0.0.1", port)
    await far.made
    server.close()


async def gone(what, near, far):
    await near.lost
    await far.lost
    print(what, near.events, far.events, near.size, far.size)


async def regular():
    near, far = Log(), Log()
    await pair(near, far)
    print(near.events, near.transport.can_write_eof(), near.transport.get_write_buffer_limits())
    print(near.transport.get_extra_info("ssl_object").version(), near.transport.get_extra_info("cipher")[1:])
    print(near.transport.get_extra_info("sslcontext") is client_context, far.transport.get_extra_info("peercert"))
    near.transport.write(b"x" * 1000)
    await far.some
    far.transport.write(b"y")
    await near.some
    near.close()
    await gone("client closes", near, far)


async def flushed():
    near, far = Log(), Log()
    await pair(near, far)
    far.transport.set_write_buffer_limits(100)
    print(far.transport.get_write_buffer_limits())
    far.transport.write(b"z" * 1000000)
    far.close()
    await gone("server sends all, and closes", near, far)


async def kept():
    near, far = Log(), Log(keep=True)
    await pair(near, far)
    near.close()
    await gone("cannot be kept open", near, far)


async def aborted():
    near, far = Log(), Log()
    await pair(near, far)
    far.transport.write(b"x")
    await near.some
    near.transport.abort()
    print(near.transport.is_closing())
    await gone("client aborts", near, far)


async def throwing(where):
    near, far = Log(), Log(fails=where)
    await pair(near, far)
    near.transport.write(b"x")
    if where == "eof":
        near.close()
    await gone(f"{where} throws", near, far)


async def refused():
    near, far = Log(), Log()
    server = await loop.create_server(lambda: far, "127.0.0.1", 0, ssl=server_context)
    port = server.sockets[0].getsockname()[1]
    try:
        await loop.create_connection(
            lambda: near, "127.0.0.1", port, ssl=client_context, server_hostname="example.org"
        )
    except ssl.SSLCertVerificationError as error:
        print("refused", error.reason, error.verify_code, error.verify_message)
    server.close()
    print(near.events, far.events)


async def upgraded():
    near, far = Log(), Log()
    await pair(near, far, secure=False)
    plain = near.transport
    near.transport.write(b"plain")
    await far.some
    both = await asyncio.gather(
        loop.start_tls(near.transport, near, client_context, server_hostname="localhost"),
        loop.start_tls(far.transport, far, server_context, server_side=True),
    )
    near.transport, far.transport = both
    print(near.events, near.transport is plain, near.transport.get_protocol() is near, plain.get_protocol() is near)
    far.transport.write(b"secured")
    await near.some
    near.close()
    await gone("upgraded", near, far)


async def not_upgraded():
    near, far = Log(), Log()
    await pair(near, far, secure=False)
    results = await asyncio.gather(
        loop.start_tls(near.transport, near, client_context, server_hostname="example.org"),
        loop.start_tls(far.transport, far, server_context, server_side=True),
        return_exceptions=True,
    )
    print(type(results[0]).__name__, isinstance(results[1], OSError))
    await near.lost
    print(near.events)


async def main():
    loop.set_exception_handler(report)
    await regular()
    await flushed()
    await kept()
    await aborted()
    await throwing("data")
    await throwing("eof")
    await refused()
    await upgraded()
    await not_upgraded()


with tempfile.TemporaryDirectory() as folder:
    cert, key = os.path.join(folder, "cert.pem"), os.path.join(folder, "key.pem")
    names = ["-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", cert]
    subprocess.run(["openssl", "req", "-x509", *KEY.split(), *names], check=True, capture_output=True)
    server_context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server_context.load_cert_chain(cert, key)
    client_context = ssl.create_default_context(cafile=cert)
    # What is warned of, is not a part of this.
    import logging

    logging.disable()
    loop = asyncio.new_event_loop()
    loop.run_until_complete(main())
    loop.close()
