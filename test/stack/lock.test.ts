import {existsSync} from 'node:fs'
import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {withLock} from '../../src/stack/lock.ts'
import {startTime} from '../../src/stack/process-table.ts'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'qtool-lock-'))
})

afterAll(() => rm(folder, {recursive: true}))

describe('a lock', () => {
  it('lets one in at a time', async () => {
    const path = join(folder, 'one')
    const trace: string[] = []
    const visit = (name: string) =>
      withLock(path, async () => {
        trace.push(`${name} in`)
        await new Promise((resolve) => setImmediate(resolve))
        trace.push(`${name} out`)
      })
    await Promise.all(['a', 'b', 'c'].map(visit))
    expect(trace).toHaveLength(6)
    for (let at = 0; at < 6; at += 2) expect(trace[at + 1]).toBe(trace[at].replace('in', 'out'))
  })

  it('is free again after its work failed', async () => {
    const path = join(folder, 'failing')
    await expect(withLock(path, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(existsSync(path)).toBe(false)
  })

  it.each([
    ['a process that is gone', '999999999 1 x'],
    ['a process whose id somebody else has by now', `${process.pid} 1 x`],
    ['nobody, because its file was cut short', ''],
  ])('is taken over from %s', async (_, content) => {
    const path = join(folder, 'stale')
    await writeFile(path, content)
    const takers = [1, 2, 3].map((taker) => withLock(path, async () => taker))
    expect(await Promise.all(takers)).toEqual([1, 2, 3])
  })

  it('is not taken from a process that runs', async () => {
    const path = join(folder, 'held')
    await writeFile(path, `${process.pid} ${startTime(process.pid)} x`)
    let entered = false
    const waiting = withLock(path, async () => {
      entered = true
    })
    // Longer than two tries of `waiting`.
    await new Promise((resolve) => setTimeout(resolve, 120))
    expect(entered).toBe(false)
    await rm(path)
    await waiting
    expect(entered).toBe(true)
  })
})
