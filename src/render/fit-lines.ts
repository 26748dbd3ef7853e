import stringWidth from 'string-width'
import {wrapped} from './wrap.ts'

/** Indentation of the continuation of a broken line. */
const HANGING = '  '

/** A text for a terminal: lines that are too wide are broken between their words, where a terminal would break within one. */
export function fitLines(text: string, width: number): string {
  return text
    .split('\n')
    .map((line) => (stringWidth(line) <= width ? line : broken(line, width)))
    .join('\n')
}

/** Breaks between the cells of a row, which two blanks part, and within a cell only if it is wider than the terminal. */
function broken(line: string, width: number): string {
  const [indent = ''] = /^ */.exec(line) ?? []
  const rest = `${indent}${HANGING}`
  const lines: string[] = []
  let current = indent
  for (const [, gap, cell] of line.slice(indent.length).matchAll(/( *)((?:\S| (?! ))+)/g)) {
    const longer = `${current}${gap}${cell}`
    const isFirst = lines.length === 0 && current === indent
    if (isFirst || stringWidth(longer) <= width) {
      current = longer
      continue
    }
    lines.push(current)
    current = `${rest}${cell}`
  }
  return [...lines, current]
    .flatMap((one, i) =>
      stringWidth(one) <= width ? [one] : [wordsOf(one, {width, indent, rest, isFirst: i === 0})],
    )
    .join('\n')
}

function wordsOf(
  line: string,
  {width, indent, rest, isFirst}: {width: number; indent: string; rest: string; isFirst: boolean},
): string {
  return wrapped(line.trimStart(), {width, first: isFirst ? indent : rest, rest})
}
