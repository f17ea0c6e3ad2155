import { value } from "./codecs/value.js";
import { type CodecsFor, codecsWith } from "./codecs-with.js";

/** The codecs that services need, and callers of them in node. */
export const codecsFor: CodecsFor = codecsWith(value);
