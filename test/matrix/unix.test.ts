import { frame } from "../../src/wires/frame/wire.js";
import { wireKit } from "../wirekit.js";
import { overSocket, socketPlace } from "./worlds.js";

wireKit("Frames over a Unix socket, in chunks of 7 bytes", overSocket(frame, socketPlace, 7), { buffered: true });
