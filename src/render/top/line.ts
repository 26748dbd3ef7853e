import stringWidth from 'string-width'
import {escapeLine} from '../escape.ts'
import type {Style} from '../style.ts'
import {clipWidth} from '../table.ts'

/** A piece of a line, and how it looks. Pieces are cut before they are coloured, so that no code is cut. */
export type Piece = string | {text: string; as: keyof Style}

/** One line of exactly `width` columns. */
export function lineOf(pieces: readonly Piece[], width: number, style: Style): string {
  let room = width
  const written: string[] = []
  for (const piece of pieces) {
    const {text, as} = typeof piece === 'string' ? {text: piece, as: undefined} : piece
    const shown = cut(text, room)
    room -= stringWidth(shown)
    written.push(as && shown !== '' ? style[as](shown) : shown)
  }
  return `${written.join('')}${' '.repeat(Math.max(0, room))}`
}

/** A text that is safe for a terminal and takes at most `width` columns. */
export function cut(text: string, width: number): string {
  return width <= 0 ? '' : clipWidth(safe(text), width)
}

/** The same, filled up to `width` columns. */
export function padded(text: string, width: number, isRight = false): string {
  const shown = cut(text, width)
  const gap = ' '.repeat(Math.max(0, width - stringWidth(shown)))
  return isRight ? `${gap}${shown}` : `${shown}${gap}`
}

/** A text without control characters. A lone surrogate is one column on a terminal, and so must it be in its width. */
export function safe(text: string): string {
  return escapeLine(text).replace(/\p{Surrogate}/gu, '\ufffd')
}

/** A text in lines of at most `width` columns, broken between words. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of safe(text).split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (line !== '' && stringWidth(longer) > width) {
      lines.push(line)
      line = word
    } else line = longer
  }
  return [...lines, line].map((one) => cut(one, width))
}
