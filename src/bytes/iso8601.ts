/** A date and a time, with or without dashes and colons, with or without a fraction and a zone. */
const FORM = /^(\d{4})(-?)(\d\d)\2(\d\d)T(\d\d)(:?)(\d\d)\6(\d\d)(?:[.,](\d{1,30}))?(?:Z|([+-])(\d\d)(?::?(\d\d))?)?$/u;

/**
 * Reads a date with its time (ISO 8601: `19980717T14:08:55`, `1998-07-17T14:08:55.250+02:00`). Without a zone it is UTC; what is finer
 * than milliseconds is dropped. Undefined: the text is no such date, or names a day or an hour that there is not.
 */
export function parseIso8601(text: string): Date | undefined {
  const found = FORM.exec(text);
  if (found === null) return undefined;
  const [, year, , month, day, hour, , minute, second, fraction = "", sign, zoneHours = "0", zoneMinutes = "0"] = found;
  const date = new Date(0);
  // Not Date.UTC, which takes the year 98 for 1998.
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  date.setUTCHours(Number(hour), Number(minute), Number(second), Number(fraction.padEnd(3, "0").slice(0, 3)));
  // What is out of its range has moved the larger parts on.
  const same =
    date.getUTCMonth() === Number(month) - 1 &&
    date.getUTCDate() === Number(day) &&
    date.getUTCHours() === Number(hour) &&
    date.getUTCMinutes() === Number(minute) &&
    date.getUTCSeconds() === Number(second);
  if (!same || Number(zoneHours) > 23 || Number(zoneMinutes) > 59) return undefined;
  const ahead = (sign === "-" ? -1 : 1) * (Number(zoneHours) * 60 + Number(zoneMinutes));
  return new Date(date.getTime() - ahead * 60_000);
}

/**
 * Writes a date as `19980717T14:08:55`, in UTC. Milliseconds are dropped. Undefined: the date is invalid, or its year is not one of 0 to 9999.
 */
export function formatIso8601(date: Date): string | undefined {
  const year = date.getUTCFullYear();
  // An invalid date has no year that compares.
  if (!(year >= 0 && year <= 9999)) return undefined;
  const [day = "", time = ""] = date.toISOString().split("T");
  return `${day.replaceAll("-", "")}T${time.slice(0, 8)}`;
}
