import { modelKit } from "./model-kit.js";

// One of each way: bytes to threads, handles to processes, calls to threads. Model async is what test/matrix runs the kit on, as serve() does it; the others are
// the same code with other numbers, and run in test/interop/model-kits.test.ts.
modelKit(["threads", "processes", "pool"]);
