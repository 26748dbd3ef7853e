import {lineOf, padded} from './line.ts'
import type {Place} from './view.ts'

const KEYS: Array<[string, string]> = [
  ['↑ ↓ j k', 'choose a queue, or a reason of dead letters'],
  ['PgUp PgDn', 'ten at a time; Home and End, or g and G'],
  ['Enter', 'all about the chosen queue'],
  ['Esc', 'back, or no filter'],
  ['s', 'sort by the next figure, S by the one before'],
  ['/', 'only queues with this text in their name'],
  ['P R', 'pause or resume the queue, after a question'],
  ['X', 'replay the chosen reason: a question, then a canary'],
  ['space', 'hold the display, and go on'],
  ['Ctrl-L', 'draw the screen again'],
  ['Ctrl-Z', 'suspend; fg brings it back'],
  ['q Ctrl-C', 'quit'],
  ['', ''],
  ['!!', 'somebody should act now'],
  ['! ', 'somebody should look'],
  ['in/s out/s', 'records that qtool counted; other programs do not count'],
  ['backlog', 'items ready or leased, in the last minute'],
]

export function help({width, style, signs}: Place, height: number): string[] {
  const lines = KEYS.map(([key, what]) => {
    const name = signs.write(signs.ok === '✓' ? key : key.replace('↑ ↓', 'arrows'))
    return lineOf([{text: padded(name, 12), as: 'strong'}, what], width, style)
  })
  // On a small screen the empty lines go first
  return lines.length <= height ? lines : lines.filter((_, i) => KEYS[i][0] !== '').slice(0, height)
}
