import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {fileURLToPath} from 'node:url'
import {expect, it} from 'vitest'
import {cliEnv} from '../support/cli.ts'
import {useServers} from '../support/context.ts'
import {seedLetters} from '../support/letters.ts'

const BIN = fileURLToPath(new URL('../../bin/run.js', import.meta.url))
const context = useServers()

async function seeded(count: number) {
  const at = context.newQueue()
  const seeds = Array.from({length: count}, (_, i) => ({payload: `{"n":${i},"text":"${'x'.repeat(200)}"}`}))
  for (let from = 0; from < count; from += 1000) {
    await seedLetters(
      context,
      at,
      seeds
        .slice(from, from + 1000)
        .map((seed, i) => ({...seed, id: `l:${from + i}`, failedAt: 1.7e12 + from + i})),
    )
  }
  return at
}

/** Runs a line of shell in which $QTOOL runs qtool. */
async function shell(line: string) {
  const env = {...cliEnv(), QTOOL: `${process.execPath} ${BIN}`}
  const child = spawn('/bin/sh', ['-c', line], {env, stdio: ['ignore', 'pipe', 'pipe']})
  const text = {stdout: '', stderr: ''}
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (chunk) => {
      text[name] += chunk
    })
  }
  const [code] = await once(child, 'close')
  return {code, ...text}
}

it('says how many the reader took where it leaves early', async () => {
  const {queue} = await seeded(5000)
  const {stdout, stderr} = await shell(`$QTOOL dlq export -q ${queue} | head -3`)
  expect(stdout.trim().split('\n')).toHaveLength(3)
  const taken = Number(
    /the reader closed the pipe after taking ([\d,]+) dead letter/.exec(stderr)?.[1].replace(',', ''),
  )
  // A pipe holds 64 KiB, which is some 300 letters
  expect(taken).toBeLessThan(1000)
  expect(stderr).not.toContain('5,000')
})

it('waits for a slow reader, without a warning', async () => {
  const {queue} = await seeded(3000)
  const reader = 'while read -r line; do n=$((n + 1)); [ $((n % 300)) = 0 ] && sleep 0.02; done; echo $n'
  const {stdout, stderr} = await shell(`$QTOOL dlq export -q ${queue} | { ${reader}; }`)
  expect(stdout.trim()).toBe('3000')
  expect(stderr).toContain(`3,000 dead letters of queue`)
  expect(stderr).not.toContain('Warning')
})
