import { wireKit } from "../wirekit.js";

wireKit("Loopback", ({ dispatch }) => ({ dispatch, close: () => Promise.resolve() }), { severable: false });
