import { baidu } from "../../src/wires/baidu/wire.js";
import { wireKit } from "../wirekit.js";
import { jsonBodies } from "./json-bodies.js";
import { composed, overMemory } from "./worlds.js";

const { stream } = baidu;
const place = (): string => "tcp://127.0.0.1:0";

wireKit("baidu_std through memory, a byte at a time", jsonBodies(overMemory(stream, 1)));

wireKit("baidu_std over TCP, as serve() and connect() do it", jsonBodies(composed(stream, place)), { buffered: true });
