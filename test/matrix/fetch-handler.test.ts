import { wireKit } from "../wirekit.js";
import { toFetchHandler } from "./fetch-world.js";
import { jsonBodies } from "./json-bodies.js";

wireKit("Connect to a handler of the fetch standard", jsonBodies(toFetchHandler), {
  buffered: true,
  carries: { reasons: false, looseShapes: false },
});
