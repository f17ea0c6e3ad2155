"""Calls the eight methods of xmlrpc.com's first validation suite. Usage: validator1_client.py URL; prints `ok NAME` per method."""
import datetime
import random
import sys
import xmlrpc.client

from checks import check

validator1 = xmlrpc.client.ServerProxy(sys.argv[1], use_builtin_types=True).validator1
choose = random.Random(1)


def number():
    return choose.randint(-1000, 1000)


def stooges():
    return {"moe": number(), "larry": number(), "curly": number(), f"other {number()}": "not looked at"}


def total(struct):
    return struct["moe"] + struct["larry"] + struct["curly"]


for _ in range(5):
    structs = [stooges() for _ in range(choose.randint(1, 20))]
    check("arrayOfStructsTest", validator1.arrayOfStructsTest(structs), sum(each["curly"] for each in structs))

    text = "".join(choose.choice("<>&'\"abc é") for _ in range(500))
    counts = {name: text.count(character) for name, character in {
        "ctLeftAngleBrackets": "<", "ctRightAngleBrackets": ">", "ctAmpersands": "&", "ctApostrophes": "'", "ctQuotes": '"',
    }.items()}
    check("countTheEntities", validator1.countTheEntities(text), counts)

    struct = stooges()
    check("easyStructTest", validator1.easyStructTest(struct), total(struct))

    struct = {f"substruct{n}": stooges() for n in range(10)}
    check("echoStructTest", validator1.echoStructTest(struct), struct)

    moment = datetime.datetime(2000, 4, 1, 12, 30, choose.randint(0, 59))
    values = [number(), choose.random() < 0.5, "South Dakota", 3.75, moment, choose.randbytes(100)]
    check("manyTypesTest", validator1.manyTypesTest(*values), values)

    texts = [f"text {number()}" for _ in range(choose.randint(100, 200))]
    check("moderateSizeArrayCheck", validator1.moderateSizeArrayCheck(texts), texts[0] + texts[-1])

    calendar = {str(year): {f"{month:02}": {f"{day:02}": stooges() for day in range(1, 29)} for month in range(1, 13)}
                for year in (1999, 2000, 2001)}
    check("nestedStructTest", validator1.nestedStructTest(calendar), total(calendar["2000"]["04"]["01"]))

    n = number()
    check("simpleStructReturnTest", validator1.simpleStructReturnTest(n),
          {"times10": n * 10, "times100": n * 100, "times1000": n * 1000})
