import type { SchemaIssue } from "./schema.js";

/** A validator's complaint as it crosses the wire: the property's path (`items.0.name`, empty for the whole value) and the reason. */
export interface PlainIssue {
  readonly path: string;
  readonly message: string;
}

/** Turns a validator's issues into plain data, so that a caller in any language can show them. */
export function plainIssues(issues: readonly SchemaIssue[]): PlainIssue[] {
  return issues.map((issue) => ({
    path: (issue.path ?? []).map((part) => String(typeof part === "object" ? part.key : part)).join("."),
    message: issue.message,
  }));
}

/** Says all issues in one line: `name: expected string; count: too small`. */
export function describeIssues(issues: readonly PlainIssue[]): string {
  return issues.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`)).join("; ");
}
