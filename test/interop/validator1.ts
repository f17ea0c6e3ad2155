import { functions } from "callwire";

/** Three numbers, as the suite's structs have them; they may have more members. */
interface Stooges {
  readonly moe: number;
  readonly larry: number;
  readonly curly: number;
}

/** Years, their months, the days of those. */
type Calendar = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, Stooges>>>>>>;

const occurrences = (text: string, character: string): number => text.split(character).length - 1;

/** The first validation suite of xmlrpc.com: eight methods that every XML-RPC server should answer alike (http://1998.xmlrpc.com/validator1Docs.html). */
export const validator1 = functions("validator1", {
  arrayOfStructsTest: (structs: readonly Stooges[]) => structs.reduce((sum, { curly }) => sum + curly, 0),
  countTheEntities: (text: string) => ({
    ctLeftAngleBrackets: occurrences(text, "<"),
    ctRightAngleBrackets: occurrences(text, ">"),
    ctAmpersands: occurrences(text, "&"),
    ctApostrophes: occurrences(text, "'"),
    ctQuotes: occurrences(text, '"'),
  }),
  easyStructTest: ({ moe, larry, curly }: Stooges) => moe + larry + curly,
  echoStructTest: (struct: Readonly<Record<string, unknown>>) => struct,
  manyTypesTest: (...values: readonly unknown[]) => values,
  moderateSizeArrayCheck: (texts: readonly string[]) => `${texts[0] ?? ""}${texts.at(-1) ?? ""}`,
  nestedStructTest: (calendar: Calendar) => {
    const day = calendar["2000"]?.["04"]?.["01"];
    return day === undefined ? 0 : day.moe + day.larry + day.curly;
  },
  simpleStructReturnTest: (n: number) => ({ times10: n * 10, times100: n * 100, times1000: n * 1000 }),
});
