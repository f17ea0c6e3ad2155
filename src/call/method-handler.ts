import type { Call } from "../contract/call.js";
import type { Implementation } from "../contract/implement.js";
import { describeIssues, plainIssues } from "../contract/issues.js";
import type { Messages } from "../contract/infer.js";
import type { Method } from "../contract/method.js";
import type { Schema } from "../contract/schema.js";
import type { Handler } from "./handler.js";
import { RpcError } from "./rpc-error.js";
import { isThenable } from "./thenable.js";

type Check = (value: unknown) => unknown;
type Invoke = (input: unknown, call: Call) => unknown;
type MethodFunction = (this: unknown, ...args: readonly unknown[]) => unknown;

/**
 * The innermost handler of a route: validates the input, calls the method's function, and (if `checkOutput`) validates what it answers.
 * It is inside the interceptors, so that they see what callers got wrong and can refuse a call before its input is looked at.
 */
export function methodHandler(implementation: Implementation, name: string, checkOutput: boolean): Handler {
  const { service, target } = implementation;
  // Own properties of a service's methods; implement() has seen that each has a function.
  const method = service.methods[name] as Method;
  const fn = target[name] as MethodFunction; // checked by implement() and functions()
  if (method.positional === true) return (call) => fn.apply(call, call.input as unknown[]); // the codec made it a tuple
  const path = `${service.name}/${name}`;
  const streamsIn = method.shape === "clientStream" || method.shape === "bidi";
  const streamsOut = method.shape === "serverStream" || method.shape === "bidi";
  const invoke: Invoke = (input, call) => fn.call(target, input, call);
  const checkedIn =
    method.input === undefined
      ? (call: Call): unknown => invoke(call.input, call)
      : checkingInput(invoke, inputCheck(method.input, path), streamsIn);
  if (!checkOutput || method.output === undefined) return checkedIn;
  const check = outputCheck(method.output, path);
  return (call) => then(checkedIn(call), (out) => (streamsOut ? each(out as Messages<unknown>, check) : check(out))); // streams answer iterables
}

function checkingInput(invoke: Invoke, check: Check, streams: boolean): Handler {
  if (streams) return (call) => invoke(each(call.input as Messages<unknown>, check), call); // streams are given an inbox
  return (call) => then(check(call.input), (input) => invoke(input, call));
}

/** Goes on at once with a value, later with a promise. */
function then(value: unknown, next: (value: unknown) => unknown): unknown {
  return isThenable(value) ? value.then(next) : next(value);
}

async function* each(messages: Messages<unknown>, check: Check): AsyncGenerator<unknown, void, undefined> {
  for await (const message of messages) yield await check(message);
}

function inputCheck(schema: Schema, path: string): Check {
  const { validate } = schema["~standard"];
  return (value) =>
    then(validate(value), (result) => settle(result as Validated, "invalid_argument", `Input of ${path} is invalid`)); // Standard Schema
}

function outputCheck(schema: Schema, path: string): Check {
  const { validate } = schema["~standard"];
  return (value) =>
    then(validate(value), (result) => {
      settle(result as Validated, "internal", `Output of ${path} does not match its schema`); // Standard Schema
      return value;
    });
}

type Validated = Awaited<ReturnType<Schema["~standard"]["validate"]>>;

function settle(result: Validated, code: "invalid_argument" | "internal", what: string): unknown {
  if (result.issues === undefined) return result.value;
  const issues = plainIssues(result.issues);
  throw new RpcError(code, `${what}: ${describeIssues(issues)}.`, { details: [{ issues }] });
}
