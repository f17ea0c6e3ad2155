/** How many messages a stream has, whichever end sends them. */
export const MESSAGES_A_STREAM = 1000;

/** How many times a large message holds a mebibyte of bytes, in the method Copy. */
export const LARGE_MIB = 16;

/** What a server and a client have to allow, so that a large message passes: some bytes more than it has. */
export const LARGE_LIMIT: number = (LARGE_MIB + 1) * 1024 * 1024;
