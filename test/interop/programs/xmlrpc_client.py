"""Calls a callwire server by Python's XML-RPC client, with every type and extension. Usage: xmlrpc_client.py URL; prints `ok NAME` per check."""
import datetime
import sys
import xmlrpc.client

from checks import check, check_fault, fail

URL = sys.argv[1]


class Transport(xmlrpc.client.Transport):
    """Notes how the last answer was encoded."""

    encoding = None

    def parse_response(self, response):
        self.encoding = response.getheader("Content-Encoding", "")
        return super().parse_response(response)


transport = Transport()
server = xmlrpc.client.ServerProxy(URL, transport=transport, allow_none=True)
builtin = xmlrpc.client.ServerProxy(URL, allow_none=True, use_builtin_types=True)

# Values, there and back.
for name, value in {
    "integers": [0, 1, -1, 2**31 - 1, -(2**31)],
    "doubles": [0.1, -0.0, 1.5e300, 5e-324, 1.7976931348623157e308, -2.25],
    "infinities": [float("inf"), float("-inf"), float("nan")],
    "booleans": [True, False],
    "strings": ["", " ", "  blanks  ", "\n", "a\tb\nc", "<a href=\"x\">&amp; 'y'</a> ]]>", "<![CDATA[x]]>"],
    "text of any language": ["naïve ß", "漢字", "🦊👩‍👩‍👧", "\u2028\ufeff\ufffd\U0010ffff\x7f\x85"],
    "none": None,
    "no items": [[], {}, [[]], {"": {}}],
    "nested values": {"a b": [1, {"<&>": [True, None, {"größe": [[["deep"]]]}]}], "": ""},
}.items():
    check(name, server.echo(value), value)

check("integers beyond 32 bits", server.large(), [
    2**31, -(2**31) - 1, 2**40, -(2**40), 2**63 - 1, -(2**63),
])
check("an integer beyond 64 bits", server.huge(), 2**100)
check("numbers", server.numbers(), [0, -1, 2**31 - 1, -(2**31), 0.1, -1.5e-300, 5e-324, 1.7976931348623157e308])
check("line ends of an answer", server.lineEnds(), "a\rb\r\nc\n\td")
# Python does not escape them, and so XML makes line feeds of them.
check("line ends of a request", server.echo("a\rb\r\nc"), "a\nb\nc")

moment = datetime.datetime(1998, 7, 17, 14, 8, 55)
check("a date", server.echo(xmlrpc.client.DateTime(moment)) == moment, True)
check("a date as Python's own", builtin.echo(moment), moment)
check("the first and the last year", [builtin.echo(each) for each in (datetime.datetime(1, 1, 1), datetime.datetime(9999, 12, 31, 23, 59, 59))],
      [datetime.datetime(1, 1, 1), datetime.datetime(9999, 12, 31, 23, 59, 59)])
check("bytes", server.echo(xmlrpc.client.Binary(bytes(range(256)))).data, bytes(range(256)))
check("bytes as Python's own", [builtin.echo(data) for data in (b"", b"a", b"ab", bytes(range(256)) * 400)],
      [b"", b"a", b"ab", bytes(range(256)) * 400])

# Names.
check("positional arguments", [server.add(2, 3), server.interop.add(2, 3), server.subtract(42, 23)], [5, 5, 19])
check("a typed method", server.demo.Typed.hello({"name": "Ada"}), {"text": "hello Ada"})

# Introspection.
names = server.system.listMethods()
wanted = {"add", "interop.add", "demo.Typed.hello", "validator1.easyStructTest",
          "system.listMethods", "system.methodHelp", "system.methodSignature", "system.multicall"}
check("the list of methods", sorted(wanted - set(names)), [])
check("the list's order", names, sorted(names))
check("callwire's own methods are not in the list", [name for name in names if name.startswith("callwire.")], [])
check("help", [server.system.methodHelp(name) for name in ("interop.add", "add", "interop.echo", "interop.subtract")],
      ["Adds two numbers.", "Adds two numbers.", "", "The difference of two numbers: größer − kleiner."])
check("a typed signature", server.system.methodSignature("demo.Typed.hello"), [["struct", "struct"]])
check("a signature that is not known", server.system.methodSignature("interop.echo"), "undef")
check("capabilities", {"xmlrpc", "system.multicall"} <= set(server.system.getCapabilities()), True)

# Many calls in one.
several = xmlrpc.client.MultiCall(server)
several.add(2, 3)
several.interop.echo({"text": "é"})
several.system.listMethods()
results = list(several())
check("several calls", results, [5, {"text": "é"}, names])
several = xmlrpc.client.MultiCall(server)
several.add(2, 3)
several.fail()
several.missing()
several.add(4, 5)
results = several()
check("a call beside others that fail", [results[0], results[3]], [5, 9])
check_fault("a call that fails among several", lambda: results[1], -32009, "no")
check_fault("an unknown method among several", lambda: results[2], -32601, "missing")
check("no calls in one", server.system.multicall([]), [])

# Errors.
check_fault("an error", lambda: server.fail(), -32009, "no")
check_fault("an error with a number of its own", lambda: server.failOwn(), 42, "no")
check_fault("an unknown method", lambda: server.no.such.method(1), -32601, "no.such.method")
check_fault("what a schema refuses", lambda: server.demo.Typed.hello({"name": 1}), -32602, "name")
check_fault("text that XML cannot hold", lambda: server.echo("\x01"), -32700, "")
check("a call after errors", server.add(2, 3), 5)

# Encodings of text, and of whole messages.
for encoding in ("us-ascii", "iso-8859-1", "utf-16"):
    encoded = xmlrpc.client.ServerProxy(URL, encoding=encoding)
    check(f"a request in {encoding}", encoded.echo("größe 漢字"), "größe 漢字")
long = "größe <漢字> " * 20_000
check("a long text", server.echo(long) == long, True)
check("a long answer is compressed", transport.encoding, "gzip")
check("a short answer", server.echo("short"), "short")
check("a short answer is not compressed", transport.encoding, "")
transport.encode_threshold = 100
check("a compressed request", server.echo(long) == long, True)
check("many calls over one connection", [server.add(n, 1) for n in range(200)], list(range(1, 201)))

try:
    xmlrpc.client.ServerProxy(URL.replace("/RPC2", "/nowhere")).add(2, 3)
    fail("another path", "it was answered")
except xmlrpc.client.ProtocolError as error:
    check("another path", error.errcode, 404)
