/** The user field of an answer whose name begins so is a trailer: the rest is its name. Callwire's own, as Connect has it for unary calls. */
export const TRAILER_PREFIX = "trailer-";

/** The user field that carries an error's details, as JSON. Callwire's own: the protocol has no place for them. */
export const DETAILS_FIELD = "callwire-details";
