/** The services that a server has of itself: introspection, and those that callers of gRPC expect. */
const BUILT_IN = /^(?:callwire|grpc\.(?:health|reflection))\./u;

/** Says whether a service is one that servers have of themselves: its methods go by full names only, and lists for people leave it out. */
export function isBuiltIn(service: string): boolean {
  return BUILT_IN.test(service);
}
