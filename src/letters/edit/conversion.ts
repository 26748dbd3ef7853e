/** A value in another form, as JSON text, or why it has none, as the end of a sentence about the value. */
export type Converted = {json: string} | {misfit: string}

/** Makes one form of a value of another, given its own JSON text, so that every digit is kept. */
export type Conversion = (json: string) => Converted

/** The characters of a JSON string; undefined for any other value. */
export function charactersOf(json: string): string | undefined {
  if (!json.startsWith('"')) return undefined
  const text: unknown = JSON.parse(json)
  return String(text)
}
