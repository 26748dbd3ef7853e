/** Texts as two parameters: their bytes end to end, and the length of each. */
export function packTexts(texts: readonly string[]): [bytes: Buffer, lengths: number[]] {
  const parts = texts.map((text) => Buffer.from(text))
  return [Buffer.concat(parts), parts.map((part) => part.length)]
}

/**
 * SQL for a bytea[] of the texts in two parameters of `packTexts`. The driver would send an array of buffers as text,
 * in hexadecimal and with escapes.
 * @param bytes number of the first parameter
 */
export function unpackTexts(bytes: number, lengths: number): string {
  return `ARRAY(SELECT substring($${bytes}::bytea FROM (ends - length + 1)::int FOR length)
  FROM (SELECT length, sum(length) OVER (ORDER BY n) AS ends, n
    FROM unnest($${lengths}::int[]) WITH ORDINALITY AS l(length, n)) AS ends ORDER BY n)`
}
