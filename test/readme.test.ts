import {spawnSync} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {describe, expect, it} from 'vitest'
import {newStackHome} from './support/stack-home.ts'

/** The shell block under "Use it", line by line. */
function session(): string[] {
  const [, block = ''] = /## Use it[\s\S]*?```sh\n([\s\S]*?)```/.exec(readFileSync('README.md', 'utf8')) ?? []
  return block.trim().split('\n')
}

describe('the session in the README', () => {
  it('runs as typed', async () => {
    const stack = await newStackHome()
    const env = {...stack.env, HOME: stack.home, NO_COLOR: '1'}
    const outputs = new Map<string, string>()
    try {
      for (const line of session()) {
        const words = line.replace(/#.*/, '').trim().split(/\s+/).slice(1)
        const {status, stdout, stderr} = spawnSync(process.execPath, ['bin/run.js', ...words], {
          encoding: 'utf8',
          env,
        })
        // 3: some records were rejected or are dead letters, as the session intends
        expect([0, 3], `${line}\n${stderr}`).toContain(status)
        outputs.set(words.slice(0, 2).join(' '), stdout)
      }
    } finally {
      await stack.remove()
    }
    expect(outputs.get('work --workers')).toContain('dead letters   30')
    expect(outputs.get('dlq list')).toContain('30 dead letters')
    expect(outputs.get('dlq diagnose')).toContain('0 of 30 dead letters would be written')
  }, 120_000)
})
