/** The names of the concurrency models. */
export const MODEL_NAMES = ["single", "threads", "processes", "prefork", "async", "prefork-async", "pool"] as const;

/** The name of a concurrency model. */
export type ModelName = (typeof MODEL_NAMES)[number];
