import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import {atTerminal} from '../support/at-terminal.ts'
import {newFolder, until} from '../support/cli.ts'
import {useServers} from '../support/context.ts'
import {seedLetters} from '../support/letters.ts'

const context = useServers()
const folder = newFolder()

/** Writes a text that is no JSON, and completes it if it is given that text again. */
const editor = join(folder, 'editor.sh')
writeFileSync(editor, '#!/bin/sh\ngrep -q 4 "$1" && printf "}" >> "$1" || printf \'{"n":4\' > "$1"\n', {
  mode: 0o755,
})

async function edited(answer: string) {
  const at = context.newQueue()
  await seedLetters(context, at, [{payload: '{"n":1}', id: 'a:1'}])
  const screen = atTerminal(['dlq', 'edit', 'a:1', '-q', at.queue], {EDITOR: editor, TMPDIR: folder})
  await until(() => screen.screen().includes('Edit it again? [Y/n]'))
  screen.type(answer)
  const code = await screen.ended
  const letter = await at.engine.letters.find('a:1', {})
  return {code, screen: screen.screen(), payload: letter?.item.toString()}
}

it('opens an invalid text again as it was typed', async () => {
  const {code, screen, payload} = await edited('\r')
  expect(screen).toContain('the payload must be one JSON object: not valid JSON')
  expect([code, payload]).toEqual([0, '{"n":4}'])
})

it('keeps what was typed when it is given up, and changes nothing', async () => {
  const {code, screen, payload} = await edited('n\r')
  expect([code, payload]).toEqual([2, '{"n":1}'])
  const [, kept] = /what you typed is in (\S+)/.exec(screen) ?? []
  expect(readFileSync(kept, 'utf8')).toBe('{"n":4')
})
