import { expect, test } from "vitest";
import type { Fields } from "../../call/fields.js";
import type { HttpRequest } from "../http.js";
import { planOf, RequestPlan } from "./request-plan.js";

function requestOf(...fields: Fields): HttpRequest {
  return { method: "POST", path: "/a.B/c", query: "", fields };
}

test("A request is one of gRPC, with its metadata.", () => {
  const { request, textIn, textOut } = new RequestPlan(
    requestOf(
      ["content-type", "application/grpc-web+proto"],
      ["x-grpc-web", "1"],
      ["accept", "*/*"],
      ["x-a", "1"],
      ["grpc-timeout", "1S"],
    ),
  );
  expect({ textIn, textOut }).toEqual({ textIn: false, textOut: false });
  expect(request).toMatchObject({
    path: "/a.B/c",
    fields: [
      ["content-type", "application/grpc+proto"],
      ["x-a", "1"],
      ["grpc-timeout", "1S"],
    ],
  });
});

test.each([
  ["application/grpc-web", undefined, false, false],
  ["application/grpc-web-text", undefined, true, true],
  ["application/grpc-web-text", "application/grpc-web-text", true, true],
  ["application/grpc-web", "application/grpc-web-text+proto", false, true],
  ["application/grpc-web-text", "text/html, application/grpc-web;q=0.5", true, false],
  ["application/grpc-web-text", "*/*", true, true],
])("A request in %s that accepts %s: text in %s, text out %s.", (type, accept, textIn, textOut) => {
  const fields: Fields = [["content-type", type], ...(accept === undefined ? [] : [["accept", accept] as const])];
  expect(new RequestPlan(requestOf(...fields))).toMatchObject({ textIn, textOut });
});

test("The same head is the same plan, and what is answered again is the same object.", () => {
  const request = requestOf(["content-type", "application/grpc-web-text"]);
  const plan = planOf(request);
  expect(planOf(request)).toBe(plan);
  const head = { status: 200, fields: [["content-type", "application/grpc"] as const] };
  expect(plan.answer(head)).toEqual({ status: 200, fields: [["content-type", "application/grpc-web-text"]] });
  expect(plan.answer(head)).toBe(plan.answer(head));
  const trailers = [["grpc-status", "0"] as const];
  expect(plan.frame(trailers)).toBe(plan.frame(trailers));
  expect(plan.frame([["grpc-status", "5"]])).not.toEqual(plan.frame(trailers));
});
