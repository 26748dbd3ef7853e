/** How parts of a view look. Colour alone says nothing: whatever it marks has words or a sign as well. */
export interface Style {
  strong(text: string): string
  faint(text: string): string
  chosen(text: string): string
  good(text: string): string
  bad(text: string): string
  warning(text: string): string
  critical(text: string): string
}

const same = (text: string) => text

export const PLAIN: Style = {
  strong: same,
  faint: same,
  chosen: same,
  good: same,
  bad: same,
  warning: same,
  critical: same,
}

const sgr = (on: number | string, off: number) => (text: string) => `\x1b[${on}m${text}\x1b[${off}m`

/** The eight colours that every terminal has, and those that mark always with their own background: yellow text is lost on white. */
export const COLOURED: Style = {
  strong: sgr(1, 22),
  faint: sgr(2, 22),
  chosen: sgr(7, 27),
  good: sgr(32, 39),
  bad: sgr('1;31', 0),
  warning: sgr('30;43', 0),
  critical: sgr('1;37;41', 0),
}

/** A list without colours, in which the chosen row is marked by a sign, can still be used. */
export function styleFor(env: Record<string, string | undefined>, isTerminal: boolean): Style {
  return isTerminal && !env.NO_COLOR && env.TERM !== 'dumb' ? COLOURED : PLAIN
}
