"use strict";
const assert = require("node:assert");
const { createRequire } = require("node:module");
const path = require("node:path");

/** Loads a package that somebody else wrote, of those that bench/peers/package.json lists. */
exports.peer = createRequire(path.join(__dirname, "../../../bench/peers/package.json"));

/** Compares an answer with what it has to be, and prints `ok NAME`. Throws where they differ. */
exports.check = (name, actual, expected) => {
  assert.deepStrictEqual(actual, expected, `${name}: expected ${shown(expected)}, and got ${shown(actual)}.`);
  process.stdout.write(`ok ${name}\n`);
};

/** What a call fails with. Throws where it does not. */
exports.failureOf = async (answer) => {
  const value = await answer.then(
    (result) => ({ result }),
    (error) => ({ error }),
  );
  assert.ok("error" in value, `The call was expected to fail, and answered ${shown(value.result)}.`);
  return value.error;
};

/** Runs the checks of a program, and ends it: with 1 and the first difference on stderr, or with 0. */
exports.run = async (checks) => {
  try {
    await checks();
    process.exit(0);
  } catch (error) {
    process.stderr.write(`${error.stack ?? error}\n`);
    process.exit(1);
  }
};

/** Asks a server what was noted under a key, until something is: a notification has no answer to wait for. */
exports.untilNoted = async (ask) => {
  for (;;) {
    const text = await ask();
    if (text !== "") return text;
    await new Promise((resolve) => {
      setTimeout(resolve, 5);
    });
  }
};

/** Prints the port that a server listens on, once it does. */
exports.announce = (server) => {
  const say = () => process.stdout.write(`port ${server.address().port}\n`);
  if (server.address() === null) server.once("listening", say);
  else say();
};

/** A text that is told from all others of this machine. */
exports.key = () => `key ${process.pid} ${process.hrtime.bigint()}`;

function shown(value) {
  return JSON.stringify(value, (_, each) => (typeof each === "bigint" ? `${each}n` : each))?.slice(0, 500);
}
