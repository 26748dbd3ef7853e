import {fitLines} from './fit-lines.ts'
import {PLAIN, type Style} from './style.ts'
import {pairs} from './table.ts'
import {wholeThatFit} from './whole-blocks.ts'

/** A part of a view: its name above what it says, and the same in a line. */
export interface Section {
  name: string
  text: string
  short: string
}

export interface SectionsView {
  /** Of the terminal, in columns. */
  width: number
  /** Lines that all of it may take; a pipe has no end. */
  room: number
  style?: Style
}

/**
 * A text and the sections below it, with blank lines between them. Where that is more than the screen holds, the first
 * sections are shown whole, and each of the others in one line.
 * @param all how every section is shown whole, in words
 */
export function renderSections(
  first: string,
  sections: readonly Section[],
  {width, room, style = PLAIN, all}: SectionsView & {all: string},
): string {
  const blocks = [first, ...sections.map(({name, text}) => `\n${name}\n${text}`)].map((text) =>
    fitLines(text, width).split('\n'),
  )
  const needed = blocks.reduce((sum, block) => sum + block.length, 0)
  // Of what does not fit whole, the last line says how all of it is shown
  const whole = needed <= room ? blocks.length : wholeThatFit(blocks, {room, all: blocks.length})
  const lines = blocks.slice(0, whole).flat()
  const rest = sections.slice(whole - 1)
  if (rest.length === 0) return lines.join('\n')
  const short = pairs(rest.map(({name, short}) => [name, short])).split('\n')
  return [...lines, '', ...short.map((line) => style.faint(line)), style.faint(all)].join('\n')
}
