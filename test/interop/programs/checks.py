"""What the checking programs share: `check` compares and prints; the first difference ends the program with 1."""
import sys
import xmlrpc.client


def kind(value):
    """Numbers without a fraction cross as integers, so int and float are one kind; all else is its own type."""
    return "number" if type(value) in (int, float) else type(value).__name__


def same(actual, expected):
    if kind(actual) != kind(expected):
        return False
    if isinstance(expected, dict):
        return actual.keys() == expected.keys() and all(same(actual[key], expected[key]) for key in expected)
    if isinstance(expected, (list, tuple)):
        return len(actual) == len(expected) and all(map(same, actual, expected))
    if expected != expected:
        return actual != actual
    # -0.0 equals 0.0, and yet is another number.
    return actual == expected and (expected != 0 or not isinstance(expected, float) or str(actual)[0] == str(expected)[0])


def fail(name, message):
    print(f"{name}: {message}", file=sys.stderr, flush=True)
    sys.exit(1)


def check(name, actual, expected):
    if not same(actual, expected):
        fail(name, f"expected {expected!r:.500}, and got {actual!r:.500}")
    print(f"ok {name}", flush=True)


def check_fault(name, call, code, text):
    """The call has to be answered by a fault of this number, whose text holds `text`."""
    try:
        answer = call()
    except xmlrpc.client.Fault as fault:
        if fault.faultCode != code or text not in fault.faultString:
            fail(name, f"expected fault {code} with {text!r}, and got {fault.faultCode}: {fault.faultString!r}")
        print(f"ok {name}", flush=True)
    else:
        fail(name, f"expected fault {code}, and got the answer {answer!r:.500}")
