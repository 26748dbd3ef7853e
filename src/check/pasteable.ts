// What the terminal gets escaped: see `escapeLine`
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/
const NAMES = /"(?:[^"]|"")*"/g

/** Whether a text cannot be shown as it is. */
export function holdsControls(text: string): boolean {
  return CONTROLS.test(text)
}

/** A statement whose quoted names have no control characters: Postgres reads them in `U&"…"` by their numbers. */
export function pasteable(sql: string): string {
  return sql.replace(NAMES, (name) => (holdsControls(name) ? `U&${escaped(name)}` : name))
}

function escaped(name: string): string {
  const number = (char: string) => `\\${char.charCodeAt(0).toString(16).padStart(4, '0').toUpperCase()}`
  return name.replaceAll('\\', '\\\\').replace(new RegExp(CONTROLS, 'g'), number)
}
