/** The types of JSON values. */
export const Kind = {String: 1, Number: 2, Boolean: 3, Null: 4, Object: 5, Array: 6} as const
export type Kind = (typeof Kind)[keyof typeof Kind]

/** The kind of a value by its first character; any other begins a number or is invalid. */
const KINDS: Record<string, Kind> = {
  '"': Kind.String,
  '{': Kind.Object,
  '[': Kind.Array,
  n: Kind.Null,
  t: Kind.Boolean,
  f: Kind.Boolean,
}

/** The kind of a value by its first byte. */
export const KIND_OF = Uint8Array.from(
  {length: 256},
  (_, byte) => KINDS[String.fromCharCode(byte)] ?? Kind.Number,
)
