/** What a JSON value is, by its first byte. */
export const Kind = {String: 1, Number: 2, Boolean: 3, Null: 4, Object: 5, Array: 6} as const
export type Kind = (typeof Kind)[keyof typeof Kind]

/** The kind of a value by its first letter; all others begin a number, or nothing. */
const KINDS: Record<string, Kind> = {
  '"': Kind.String,
  '{': Kind.Object,
  '[': Kind.Array,
  n: Kind.Null,
  t: Kind.Boolean,
  f: Kind.Boolean,
}

/** By byte. */
export const KIND_OF = Uint8Array.from(
  {length: 256},
  (_, byte) => KINDS[String.fromCharCode(byte)] ?? Kind.Number,
)
