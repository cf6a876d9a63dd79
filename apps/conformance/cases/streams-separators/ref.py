# proves: STR-015 STR-016 STR-017 STR-018
"""What readuntil() finds, in data that come as one piece and byte by byte."""

import asyncio

CASES = [
    ("one;two;", [";"], 9),
    ("a<>b<>", ["<>"], 9),
    ("aab", ["ab"], 9),
    ("aaabaab", ["aab"], 9),
    ("ABCDEFG", ["DEF", "BCDE"], 9),
    ("ABCDEFG", ["BCDE", "DEF"], 9),
    ("x sep y", ["sep", "s", "ep"], 9),
    ("some dataA", ["A", "ome dataA"], 3),
    ("some data", ["A"], 3),
    ("some data", ["AAAA"], 3),
    ("some dataAA", ["AAA"], 20),
    ("0123;", [";"], 4),
    ("01234;", [";"], 4),
    ("anything", [], 4),
    ("anything", [""], 4),
    ("anything", ["", "a"], 4),
]


async def attempt(pieces, separators, limit):
    reader = asyncio.StreamReader(limit=limit, loop=loop)
    for piece in pieces:
        reader.feed_data(piece.encode())
    reader.feed_eof()
    try:
        found = await reader.readuntil(tuple(each.encode() for each in separators))
        print("found", found.decode())
    except asyncio.LimitOverrunError as error:
        print(error, error.consumed)
    except asyncio.IncompleteReadError as error:
        print(error, error.expected, error.partial.decode())
    except ValueError as error:
        print("ValueError", error)
    print("left", (await reader.read()).decode())


async def main():
    for data, separators, limit in CASES:
        print(data, separators, limit)
        await attempt([data], separators, limit)
        await attempt(list(data), separators, limit)


loop = asyncio.new_event_loop()
loop.run_until_complete(main())
loop.close()
